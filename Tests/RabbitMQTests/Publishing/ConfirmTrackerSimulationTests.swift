import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random histories of publishing, returns, confirms and lost connections, against a model that knows every entry
/// by itself.
struct ConfirmTrackerSimulationTests {
    @Test
    func everyPublicationSettlesOnceOrIsHandedBack() throws {
        try forEachSeed(10_000) { _, generator in
            var history = History()
            for _ in 0..<Int.random(in: 20...50, using: &generator) {
                switch Int.random(in: 0..<20, using: &generator) {
                case 0..<8: try history.publish(using: &generator)
                case 8..<11: try history.comeBack()
                case 11..<17: try history.confirm(using: &generator)
                case 17..<19: try history.confirmWhatWasNeverPublished(using: &generator)
                default: try history.loseConnection()
                }
            }
            try history.loseConnection()
            try history.checkEveryEnd()
        }
    }
}

private struct History {
    /// What is published: a number of its own, and a message id that others may have as well.
    private struct Entry: Hashable {
        let serial: Int
        let messageID: Int

        /// No queue wants messages with an odd id.
        var isWanted: Bool { messageID % 2 == 0 }
    }

    private enum End: Hashable {
        case settled(PublishOutcome)
        case handedBack
    }

    private let start = ContinuousClock.now
    private var tracker = ConfirmTracker<Entry>()
    /// The entries of this connection, in the order of their numbers.
    private var published: [Entry] = []
    /// How many of them the broker has looked at.
    private var seen = 0
    private var cameBack: [Int: PublishOutcome] = [:]
    private var ends: [Int: [End]] = [:]
    private var serial = 0

    private var open: [Entry] { published.filter { ends[$0.serial] == nil } }

    mutating func publish(using generator: inout SeededGenerator) throws {
        serial += 1
        let entry = Entry(serial: serial, messageID: Int.random(in: 0..<4, using: &generator))
        published.append(entry)
        let number = tracker.add(entry, at: time(of: entry))
        try demand(tracker.oldest == open.first.map(time))
        try demand(number == UInt64(published.count))
        try demand(tracker.count == open.count)
    }

    private func time(of entry: Entry) -> ContinuousClock.Instant { start + .seconds(entry.serial) }

    /// The broker looks at the next one, and sends it back where no queue wants it.
    mutating func comeBack() throws {
        guard seen < published.count else { return }
        let entry = published[seen]
        seen += 1
        guard !entry.isWanted else { return }
        let outcome = PublishOutcome.returned(code: 312, reason: "NO_ROUTE \(entry.serial)")
        // A broker that confirms first breaks its own rule: that return finds the next one, or nobody.
        let meant = open.first { $0.messageID == entry.messageID && cameBack[$0.serial] == nil }
        let found = tracker.markReturned(outcome) { $0.messageID == entry.messageID }
        try demand(found == (meant != nil))
        if let meant { cameBack[meant.serial] = outcome }
    }

    /// Confirms one number or all up to it: also such as have been confirmed before.
    mutating func confirm(using generator: inout SeededGenerator) throws {
        let isMultiple = generator.chance(0.4)
        let isAck = generator.chance(0.75)
        // The number 0 means all of them, and only with `multiple` anything.
        let lowest = isMultiple ? 0 : 1
        guard published.count >= lowest else { return }
        let number = Int.random(in: lowest...published.count, using: &generator)
        let last = number == 0 ? published.count : number
        let meant = isMultiple ? published[..<last] : published[(last - 1)..<last]
        let expected = meant.filter { ends[$0.serial] == nil }
        var settled: [Entry] = []
        var outcomes: [PublishOutcome] = []
        try tracker.confirm(UInt64(number), multiple: isMultiple, isAck: isAck) { entry, outcome in
            settled.append(entry)
            outcomes.append(outcome)
        }
        try demand(settled == Array(expected))
        try demand(outcomes == expected.map { isAck ? cameBack[$0.serial] ?? .confirmed : .refused })
        for (entry, outcome) in zip(settled, outcomes) { ends[entry.serial, default: []].append(.settled(outcome)) }
        try demand(tracker.count == open.count)
        try demand(tracker.oldest == open.first.map(time), "nothing under way, nothing overdue")
    }

    mutating func confirmWhatWasNeverPublished(using generator: inout SeededGenerator) throws {
        let isMultiple = generator.chance(0.5)
        let beyond = UInt64(published.count) + UInt64.random(in: 1...3, using: &generator)
        let number = [beyond, .max, isMultiple ? beyond : 0].randomElement(using: &generator) ?? beyond
        #expect(throws: ConfirmTracker<Entry>.UnknownNumber.self) {
            try tracker.confirm(number, multiple: isMultiple, isAck: true) { _, _ in
                preconditionFailure("The number \(number) was never given out, and yet it settles an entry.")
            }
        }
        try demand(tracker.count == open.count)
    }

    mutating func loseConnection() throws {
        let expected = open
        let handedBack = tracker.reset()
        try demand(handedBack == expected, "in the order of publishing")
        try demand(tracker.count == 0)
        for entry in handedBack { ends[entry.serial, default: []].append(.handedBack) }
        published = []
        seen = 0
        cameBack = [:]
    }

    func checkEveryEnd() throws {
        for serial in 1..<(serial + 1) { try demand(ends[serial]?.count == 1, "publication \(serial)") }
    }
}
