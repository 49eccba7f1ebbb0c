import LockstepTesting
import Testing

@testable import Lockstep

/// Random histories of a core app, a relay that dies and comes back, and a broker that refuses and loses answers:
/// nothing that was committed is lost, every record keeps its order, and nothing is marked before its confirm.
struct RelaySimulationTests {
    @Test
    func loseNothingKeepOrderAndMarkOnlyWhatIsConfirmed() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var history = History(using: &generator)
            for _ in 0..<Int.random(in: 15...60, using: &generator) {
                switch Int.random(in: 0..<40, using: &generator) {
                case 0..<9: try history.commit(using: &generator)
                case 9..<27: try history.turn(using: &generator)
                case 27..<34: try history.answer(using: &generator)
                case 34..<37: history.pass(.milliseconds(Int.random(in: 1...200, using: &generator)))
                case 37: history.machine.stop(at: history.now)
                default: history.crash(using: &generator)
                }
            }
            try history.heal(using: &generator)
            try history.outbox.checkTheEnd()
        }
    }
}

private struct History {
    var machine: RelayStateMachine
    var outbox = ModelOutbox()
    private(set) var now = Duration.zero
    private let configuration: RelayStateMachine.Configuration
    private var underWay: [Int: [Int]] = [:]
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
        let fails = breaks && generator.chance(0.15)
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
            if fails { return machine.storeFailed(at: now) }
            machine.claimed(try outbox.claim(atMost: count, bytes: bytes))
            let bytes = outbox.claimed.reduce(0) { $0 + outbox.rows[$1].size }
            try demand(bytes <= configuration.bytesInHand + 12, "too many bytes are in hand")
        case .settle(let settlements):
            try demand(settlements.count <= configuration.settlement)
            if fails {
                if generator.chance(0.5) { try outbox.settleUnheard(settlements) }
                return machine.storeFailed(at: now)
            }
            try outbox.settle(settlements)
            machine.settled(settlements)
        case .purge(let count):
            if let lastPurge { try demand(now - lastPurge >= configuration.purgePause, "it does nothing but purge") }
            lastPurge = now
            fails ? machine.storeFailed(at: now) : machine.purged(Int.random(in: 0...count, using: &generator), at: now)
        case .wait(let until):
            try demand(until > now, "it waits for a time that has passed")
            if underWay.isEmpty { now = breaks && generator.chance(0.5) ? now : until }
        case .release(let positions): try outbox.release(positions)
        case .stop:
            underWay = [:]
            start()
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
    mutating func crash(using generator: inout SeededGenerator) {
        for lane in underWay.keys.sorted() {
            guard let batch = underWay[lane], generator.chance(0.7) else { continue }
            let arrived = batch.prefix(Int.random(in: 0...batch.count, using: &generator))
            _ = outbox.publish(Array(arrived), using: &generator)
        }
        start()
    }

    private mutating func start() {
        underWay = [:]
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
        }
    }
}
