/// Decides what a relay does next: what happened comes in with its time, one action at a time comes out.
///
/// No clock, no database, no broker. The one who drives it carries actions of the store out one after the other, each
/// with its answer before the next; any number of publishes are under way beside them, one a lane.
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

        /// The most rows of one claim.
        var claim: Int { batch * 2 }

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
    /// What is done and not yet settled.
    private var done: [OutboxSettlement] = []
    /// The sizes of all that is in hand.
    private var sizes: [OutboxPosition: Int] = [:]
    private var bytesInHand = 0
    /// Whether rows may wait that were not claimed.
    private(set) var mayClaim = true
    private var storeResumesAt = Duration.zero
    private var storePause: RelayPause
    private var purgeAt = Duration.zero
    /// Whether something was claimed since the last purge.
    private var purgeHasItsTurn = false

    init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let pause = RelayPause(first: configuration.firstPause, longest: configuration.longestPause)
        lanes = Array(repeating: RelayLane(pause: pause), count: configuration.lanes)
        storePause = pause
    }

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
        guard now >= storeResumesAt else { return .wait(until: nextTime(after: storeResumesAt)) }
        // While there is room the broker is kept busy first; room runs out, as what is done takes some until it is settled.
        if done.count >= configuration.settlement { return settle() }
        // However much there is to do, what is old goes: one purge for each claim.
        if purgeHasItsTurn, now >= purgeAt { return .purge(count: configuration.purgeBatch) }
        if mayClaim, hasRoom {
            let count = min(configuration.claim, configuration.entriesInHand - entriesInHand)
            return .claim(count: count, bytes: configuration.bytesInHand - bytesInHand)
        }
        if isWorthSettling { return settle() }
        if now >= purgeAt { return .purge(count: configuration.purgeBatch) }
        return .wait(until: nextTime(after: purgeAt))
    }

    private mutating func wrapUp(at now: Duration, deadline: Duration) -> Action {
        if now < deadline {
            if now < storeResumesAt, !done.isEmpty { return .wait(until: min(storeResumesAt, deadline)) }
            if !done.isEmpty { return settle() }
            if lanes.contains(where: { !$0.underWay.isEmpty }) { return .wait(until: deadline) }
        }
        phase = .released
        let rest = lanes.indices.flatMap { lanes[$0].drop() }.sorted()
        return rest.isEmpty ? .stop : .release(rest)
    }

    /// Settles what stands first in the store, and not all: whoever else writes to it waits for as long as that takes.
    private mutating func settle() -> Action {
        done.sort { $0.position < $1.position }
        return .settle(Array(done.prefix(configuration.settlement)))
    }

    /// Whether what is done should be settled now that there is no other work for the store.
    ///
    /// Where more rows wait, and there is no room for them, it pays to let a good part of what is in hand come together,
    /// as long as some is on its way.
    private var isWorthSettling: Bool {
        guard !done.isEmpty, mayClaim else { return !done.isEmpty }
        return done.count >= entriesInHand / 4 || lanes.allSatisfy(\.underWay.isEmpty)
    }

    private var hasRoom: Bool {
        entriesInHand < configuration.entriesInHand && bytesInHand < configuration.bytesInHand
    }

    /// The earliest time at which something can be done without an answer.
    private func nextTime(after other: Duration) -> Duration {
        lanes.compactMap(\.nextTime).reduce(other, min)
    }
}

extension RelayStateMachine {
    /// Rows may have come.
    mutating func woken() {
        mayClaim = true
    }

    /// What the store gave; nothing: it has no more.
    mutating func claimed(_ entries: [OutboxEntry]) {
        storePause.reset()
        mayClaim = !entries.isEmpty
        if mayClaim { purgeHasItsTurn = true }
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

    /// The store has noted all that was done when it was asked to.
    mutating func settled(_ settlements: [OutboxSettlement]) {
        storePause.reset()
        done.removeFirst(settlements.count)
        for settlement in settlements { bytesInHand -= sizes.removeValue(forKey: settlement.position) ?? 0 }
    }

    /// The store has removed so many rows.
    mutating func purged(_ count: Int, at now: Duration) {
        storePause.reset()
        purgeHasItsTurn = false
        purgeAt = now + (count < configuration.purgeBatch ? configuration.purgeInterval : configuration.purgePause)
    }

    /// The store could not do what it was asked to, for a reason that may pass.
    mutating func storeFailed(at now: Duration) {
        storeResumesAt = now + storePause.next()
        // What woke it may still be there.
        mayClaim = true
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
