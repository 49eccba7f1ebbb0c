/// Decides what a relay does next: what happened comes in with its time, one action at a time comes out.
///
/// No clock, no database, no broker. The one who drives it carries all actions out beside each other: at most one claim,
/// one settlement or purge, and one publish a lane are under way at once. Only a release has its answer before the next.
struct RelayStateMachine {
    struct Configuration {
        /// The most events of one publish.
        var batch = 500
        /// How many publishes are under way at once.
        var lanes = 4
        /// The most entries in hand, claimed and not settled.
        var entriesInHand = 6_000
        /// The most bytes in hand, but for one entry that is larger.
        var bytesInHand = 64 << 20
        /// How many rows one purge removes at most.
        var purgeBatch = 1_000
        /// How long after a purge that found nothing more the next one comes.
        var purgeInterval = Duration.seconds(2)
        /// How long after a purge that may have left something the next one comes, so that others get their turn.
        var purgePause = Duration.milliseconds(20)
        /// How long to wait after the first failure in a row.
        var firstPause = Duration.milliseconds(50)
        /// How long to wait after many failures in a row.
        var longestPause = Duration.seconds(10)
        /// How long a stop waits for the broker's answers, and for a store that is locked.
        var grace = Duration.seconds(5)

        /// The most rows of one claim: those of a publish in each lane, as each claim passes over all that is in hand.
        var claim: Int { batch * lanes }

        /// The most rows of one settlement: those of a publish in each lane.
        ///
        /// Rows that stand side by side in the store come by way of different lanes. Together they are noted at once;
        /// one lane's alone, all the pages between them would be written for each lane again.
        var settlement: Int { batch * lanes }
    }

    enum Action {
        case publish(lane: Int, [Event])
        case claim(count: Int, bytes: Int)
        case settle([OutboxSettlement])
        case purge(count: Int)
        /// Wait for an answer, for a wake-up by the store, or for this time.
        case wait(until: Duration)
        case release([OutboxPosition])
        case stop
    }

    private enum Phase {
        case working
        case stopping(deadline: Duration)
        case released
    }

    private let configuration: Configuration
    private var phase = Phase.working
    private var lanes: [RelayLane]
    /// What is done and not yet being settled.
    private var done: [OutboxSettlement] = []
    /// What the store was asked to settle, and has not answered.
    private var settling: [OutboxSettlement] = []
    /// The sizes of all that is in hand.
    private var sizes: [OutboxPosition: Int] = [:]
    private var bytesInHand = 0
    /// Whether rows may wait that no claim has looked for, nor does now.
    private(set) var mayClaim = true
    private var reader: RelayStoreSlot
    private var writer: RelayStoreSlot
    private var purgeAt = Duration.zero
    /// Whether something was claimed since the last purge.
    private var purgeHasItsTurn = false

    init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let pause = RelayPause(first: configuration.firstPause, longest: configuration.longestPause)
        lanes = Array(repeating: RelayLane(pause: pause), count: configuration.lanes)
        reader = RelayStoreSlot(pause: pause)
        writer = RelayStoreSlot(pause: pause)
    }

    /// Whether a claim is under way.
    var isClaiming: Bool { reader.isBusy }

    /// How many entries it has in hand: claimed and not settled.
    var entriesInHand: Int { sizes.count }

    /// How many of them wait because the broker refused an earlier event of their record.
    var entriesHeld: Int { lanes.reduce(0) { $0 + $1.held.count } }

    /// What to do next.
    mutating func next(at now: Duration) -> Action {
        switch phase {
        case .working: work(at: now)
        case .stopping(let deadline): wrapUp(at: now, deadline: deadline)
        case .released: .stop
        }
    }

    private mutating func work(at now: Duration) -> Action {
        for index in lanes.indices {
            let events = lanes[index].take(atMost: configuration.batch, at: now)
            if !events.isEmpty { return .publish(lane: index, events) }
        }
        // The next rows come while the broker has these: it is kept busy first.
        if mayClaim, hasRoom, reader.isFree(at: now) { return claim() }
        if writer.isFree(at: now) {
            // What is done takes room until it is settled.
            if done.count >= configuration.settlement { return settle() }
            // However much there is to do, what is old goes: one purge for each claim.
            if now >= purgeAt, purgeHasItsTurn { return purge() }
            if isWorthSettling(at: now) { return settle() }
            if now >= purgeAt { return purge() }
        }
        return .wait(until: nextTime(after: now))
    }

    private mutating func wrapUp(at now: Duration, deadline: Duration) -> Action {
        if now < deadline {
            if !done.isEmpty, writer.isFree(at: now) { return settle() }
            if !done.isEmpty, let time = writer.nextTime { return .wait(until: min(time, deadline)) }
            // What a claim brings is given back.
            if isClaiming || writer.isBusy || lanes.contains(where: { !$0.underWay.isEmpty }) {
                return .wait(until: deadline)
            }
        }
        phase = .released
        let rest = lanes.indices.flatMap { lanes[$0].drop() }.sorted()
        return rest.isEmpty ? .stop : .release(rest)
    }

    private mutating func claim() -> Action {
        reader.begin()
        // Who is woken from now on is woken for what this claim may have passed.
        mayClaim = false
        let count = min(configuration.claim, configuration.entriesInHand - entriesInHand)
        return .claim(count: count, bytes: configuration.bytesInHand - bytesInHand)
    }

    /// Settles what stands first in the store, and not all: whoever else writes to it waits for as long as that takes.
    private mutating func settle() -> Action {
        writer.begin()
        done.sort { $0.position < $1.position }
        settling = Array(done.prefix(configuration.settlement))
        done.removeFirst(settling.count)
        return .settle(settling)
    }

    private mutating func purge() -> Action {
        writer.begin()
        return .purge(count: configuration.purgeBatch)
    }

    /// Whether what is done should be settled though it is less than a settlement may have.
    ///
    /// Where more rows wait it pays to let a good part of what is in hand come together, as long as some is on its way.
    private func isWorthSettling(at now: Duration) -> Bool {
        if done.isEmpty || isClaiming { return false }
        guard mayClaim else { return true }
        if hasRoom, reader.isFree(at: now) { return false }
        return done.count >= entriesInHand / 4 || lanes.allSatisfy(\.underWay.isEmpty)
    }

    private var hasRoom: Bool {
        entriesInHand < configuration.entriesInHand && bytesInHand < configuration.bytesInHand
    }

    /// The earliest time at which something can be done without an answer.
    private func nextTime(after now: Duration) -> Duration {
        var times = lanes.compactMap(\.nextTime)
        if let time = writer.nextTime { times += [time, max(time, purgeAt)] }
        if mayClaim, hasRoom, let time = reader.nextTime { times.append(time) }
        return times.filter { $0 > now }.min() ?? now + configuration.longestPause
    }
}

extension RelayStateMachine {
    /// Rows may have come.
    mutating func woken() {
        mayClaim = true
    }

    /// What the store gave; nothing: it has no more.
    mutating func claimed(_ entries: [OutboxEntry]) {
        reader.succeeded()
        if !entries.isEmpty {
            mayClaim = true
            purgeHasItsTurn = true
        }
        for entry in entries {
            sizes[entry.position] = entry.size
            bytesInHand += entry.size
            switch entry.event {
            case .success(let event):
                lanes[lane(of: event.subject)].append(RelayLane.Item(position: entry.position, event: event))
            case .failure(let error):
                done.append(OutboxSettlement(entry.position, .refused(error.message)))
            }
        }
    }

    /// What the broker said of each event of a lane's batch.
    mutating func published(lane: Int, _ outcomes: [PublishOutcome], at now: Duration) {
        done += lanes[lane].published(outcomes, at: now)
    }

    /// A publish failed, and nothing is known about its events.
    mutating func publishFailed(lane: Int, _ error: LockstepError, at now: Duration) {
        done += lanes[lane].failed(error, at: now)
    }

    /// The store has noted all that it was asked to settle.
    mutating func settled() {
        writer.succeeded()
        for settlement in settling { bytesInHand -= sizes.removeValue(forKey: settlement.position) ?? 0 }
        settling = []
    }

    /// The store has removed so many rows.
    mutating func purged(_ count: Int, at now: Duration) {
        writer.succeeded()
        purgeHasItsTurn = false
        purgeAt = now + (count < configuration.purgeBatch ? configuration.purgeInterval : configuration.purgePause)
    }

    /// The store could not claim, for a reason that may pass.
    mutating func claimFailed(at now: Duration) {
        reader.failed(at: now)
        mayClaim = true
    }

    /// The store could not say when there are rows, for a reason that may pass.
    mutating func listeningFailed(at now: Duration) {
        reader.holdOff(at: now)
        // What it would have said may be so.
        mayClaim = true
    }

    /// The store could not settle or purge, for a reason that may pass; nobody knows whether it did.
    mutating func writeFailed(at now: Duration) {
        writer.failed(at: now)
        done += settling
        settling = []
    }

    /// The relay is to stop: what is under way gets some time, nothing new is begun.
    mutating func stop(at now: Duration) {
        guard case .working = phase else { return }
        phase = .stopping(deadline: now + configuration.grace)
    }

    /// Always the same lane for the same record (FNV-1a, 32 bits).
    private func lane(of subject: Subject) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in subject.text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash % UInt32(lanes.count))
    }
}
