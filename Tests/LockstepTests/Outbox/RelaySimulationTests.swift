import LockstepTesting
import Testing

@testable import Lockstep

/// Random histories of a core app, a relay that dies and comes back, and a broker that refuses and loses answers:
/// nothing that was committed is lost, every record keeps its order, and nothing is marked before its confirm.
///
/// The store is asked for a claim and a settlement at once, and each of them comes about some time before its answer.
struct RelaySimulationTests {
    @Test
    func loseNothingKeepOrderAndMarkOnlyWhatIsConfirmed() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var history = History(using: &generator)
            for _ in 0..<Int.random(in: 15...60, using: &generator) {
                switch Int.random(in: 0..<60, using: &generator) {
                case 0..<9: try history.commit(using: &generator)
                case 9..<32: try history.turn(using: &generator)
                case 32..<41: try history.answer(using: &generator)
                case 41..<53: try history.storeGoesOn(using: &generator)
                case 53..<57: history.pass(.milliseconds(Int.random(in: 1...200, using: &generator)))
                case 57: history.machine.stop(at: history.now)
                default: try history.crash(using: &generator)
                }
            }
            try history.heal(using: &generator)
            try history.outbox.checkTheEnd()
        }
    }
}

/// What the store was asked for and has not answered.
private struct StoreCall {
    enum Result {
        case claimed([OutboxEntry])
        case settled
        case purged(Int)
        case failed
    }

    let action: RelayStateMachine.Action
    /// What has come about already.
    var result: Result?
}

private struct History {
    var machine: RelayStateMachine
    var outbox = ModelOutbox()
    private(set) var now = Duration.zero
    private let configuration: RelayStateMachine.Configuration
    private var underWay: [Int: [Int]] = [:]
    private var reading: StoreCall?
    private var writing: StoreCall?
    private var lastPurge: Duration?
    private var breaks = true

    init(using generator: inout SeededGenerator) {
        var configuration = RelayStateMachine.Configuration()
        configuration.batch = Int.random(in: 1...6, using: &generator)
        configuration.lanes = Int.random(in: 1...3, using: &generator)
        configuration.entriesInHand = Int.random(in: 1...20, using: &generator)
        configuration.bytesInHand = Int.random(in: 1...150, using: &generator)
        configuration.purgeBatch = 3
        self.configuration = configuration
        machine = RelayStateMachine(configuration)
    }

    mutating func commit(using generator: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1...6, using: &generator) { try outbox.commit(using: &generator) }
        machine.woken()
    }

    mutating func pass(_ time: Duration) {
        now += time
    }

    /// Asks for one action and carries it out, or fails to.
    mutating func turn(using generator: inout SeededGenerator) throws {
        // Asking takes no time, carrying out does.
        defer { now += .microseconds(Int.random(in: 0...500, using: &generator)) }
        switch machine.next(at: now) {
        case .publish(let lane, let events):
            try demand(underWay[lane] == nil && !events.isEmpty && events.count <= configuration.batch)
            let batch = events.map { Int($0.version.reading.bits) }
            try outbox.checkOrder(of: batch, underWay: underWay.values.flatMap(\.self))
            underWay[lane] = batch
        case .claim(let count, let bytes):
            try demand(machine.entriesInHand + count <= configuration.entriesInHand)
            try demand(reading == nil, "it claims twice at once")
            reading = StoreCall(action: .claim(count: count, bytes: bytes))
        case .settle(let settlements):
            try demand(settlements.count <= configuration.settlement)
            try demand(writing == nil, "it writes twice at once")
            writing = StoreCall(action: .settle(settlements))
        case .purge(let count):
            if let lastPurge { try demand(now - lastPurge >= configuration.purgePause, "it does nothing but purge") }
            try demand(writing == nil, "it writes twice at once")
            lastPurge = now
            writing = StoreCall(action: .purge(count: count))
        case .wait(let until):
            try demand(until > now, "it waits for a time that has passed")
            if underWay.isEmpty, reading == nil, writing == nil { now = breaks && generator.chance(0.5) ? now : until }
        case .release(let positions): try outbox.release(positions)
        case .stop:
            underWay = [:]
            start()
        }
    }

    /// What the store was asked for comes about, or its answer arrives.
    mutating func storeGoesOn(using generator: inout SeededGenerator) throws {
        let reads = reading != nil && (writing == nil || generator.chance(0.5))
        guard var call = reads ? reading : writing else { return }
        switch call.result {
        case nil: call.result = try carryOut(call.action, using: &generator)
        case .claimed(let entries): machine.claimed(entries)
        case .settled: machine.settled()
        case .purged(let count): machine.purged(count, at: now)
        case .failed: reads ? machine.claimFailed(at: now) : machine.writeFailed(at: now)
        }
        let rest = (reads ? reading : writing)?.result == nil ? call : nil
        if reads { reading = rest } else { writing = rest }
    }

    private mutating func carryOut(
        _ action: RelayStateMachine.Action, using generator: inout SeededGenerator
    ) throws -> StoreCall.Result {
        now += .microseconds(Int.random(in: 0...500, using: &generator))
        let fails = breaks && generator.chance(0.15)
        switch action {
        case .claim(let count, let bytes):
            if fails { return .failed }
            let entries = try outbox.claim(atMost: count, bytes: bytes)
            let inHand = outbox.claimed.reduce(0) { $0 + outbox.rows[$1].size }
            try demand(inHand <= configuration.bytesInHand + 12, "too many bytes are in hand")
            return .claimed(entries)
        case .settle(let settlements):
            if !fails {
                try outbox.settle(settlements)
            } else if generator.chance(0.5) {
                try outbox.settleUnheard(settlements)
            }
            return fails ? .failed : .settled
        case .purge(let count): return fails ? .failed : .purged(Int.random(in: 0...count, using: &generator))
        case .publish, .wait, .release, .stop: preconditionFailure("these are not carried out beside others")
        }
    }

    /// The broker's answer to one of the publishes arrives, or never does.
    mutating func answer(using generator: inout SeededGenerator) throws {
        guard let lane = underWay.keys.sorted().randomElement(using: &generator),
            let batch = underWay.removeValue(forKey: lane)
        else { return }
        guard let outcomes = outbox.publish(batch, using: &generator) else {
            machine.publishFailed(lane: lane, LockstepError(.eventTooLarge, "too large"), at: now)
            return
        }
        if breaks, generator.chance(0.1) {
            machine.publishFailed(lane: lane, LockstepError(.brokerUnavailable, "lost"), at: now)
        } else {
            outbox.noteConfirms(batch, outcomes)
            machine.published(lane: lane, outcomes, at: now)
        }
    }

    /// The process dies at any point; the broker may have got what was under way, or a part of it.
    mutating func crash(using generator: inout SeededGenerator) throws {
        // What the store was asked to write it may write all the same.
        if let writing, writing.result == nil, generator.chance(0.5) {
            _ = try carryOut(writing.action, using: &generator)
        }
        for lane in underWay.keys.sorted() {
            guard let batch = underWay[lane], generator.chance(0.7) else { continue }
            let arrived = batch.prefix(Int.random(in: 0...batch.count, using: &generator))
            _ = outbox.publish(Array(arrived), using: &generator)
        }
        start()
    }

    private mutating func start() {
        underWay = [:]
        reading = nil
        writing = nil
        outbox.forget()
        machine = RelayStateMachine(configuration)
        lastPurge = nil
    }

    /// From now on nothing breaks: it must come to an end.
    mutating func heal(using generator: inout SeededGenerator) throws {
        breaks = false
        var rounds = 0
        while outbox.waiting > 0 {
            rounds += 1
            try demand(rounds < 20_000, "it never comes to an end")
            try turn(using: &generator)
            if generator.chance(0.7) { try answer(using: &generator) }
            if generator.chance(0.7) { try storeGoesOn(using: &generator) }
        }
    }
}
