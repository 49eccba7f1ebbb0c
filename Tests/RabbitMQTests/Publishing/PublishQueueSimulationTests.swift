import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random histories of a window that fills and empties, against a list of what is under way.
struct PublishQueueSimulationTests {
    @Test
    func theWindowIsNeverExceededAndNeverLeaks() throws {
        try forEachSeed(10_000) { _, generator in
            var history = History(using: &generator)
            for _ in 0..<Int.random(in: 20...30, using: &generator) {
                switch Int.random(in: 0..<20, using: &generator) {
                case 0..<7: history.append(size: Int.random(in: 1...60, using: &generator))
                case 7..<12: try history.sendAll()
                case 12..<17: try history.confirm(using: &generator)
                case 17: try history.confirmWhatWasNeverPublished()
                case 18: history.abandon(using: &generator)
                default: history.connect()
                }
                try history.check()
            }
            try history.finish()
            try history.checkThatAWholeWindowFits()
        }
    }
}

private struct History {
    /// What the model knows of an entry.
    private struct Item {
        let index: Int
        let size: Int
        let batch: Int
    }

    private let limits: PublishWindow.Limits
    private var bytes: Int
    private var queue: PublishQueue
    private var waiting: [Item] = []
    /// What this connection has published, in the order of its numbers; settled ones are nil.
    private var sent: [Item?] = []
    private var serial = 0

    private var underWay: [Item] { sent.compactMap(\.self) }

    init(using generator: inout SeededGenerator) {
        limits = PublishWindow.Limits(
            messages: Int.random(in: 1...6, using: &generator), bytes: Int.random(in: 10...200, using: &generator))
        bytes = limits.bytes
        queue = PublishQueue(limits: limits)
    }

    mutating func append(size: Int) {
        serial += 1
        let publication = Publication(Message(body: []), to: "e", routingKey: "k")
        waiting.append(Item(index: serial, size: size, batch: serial / 2))
        queue.append(PublishQueue.Entry(publication: publication, size: size, batch: serial / 2, index: serial))
    }

    mutating func sendAll() throws {
        while let next = queue.nextWaiting {
            try demand(next.index == waiting.first?.index)
            queue.sentFirst(at: .now)
            sent.append(waiting.removeFirst())
            try check()
        }
    }

    mutating func confirm(using generator: inout SeededGenerator) throws {
        guard !sent.isEmpty else { return }
        let number = Int.random(in: 1...sent.count, using: &generator)
        try confirm(number, multiple: generator.chance(0.4), isAck: generator.chance(0.8))
    }

    private mutating func confirm(_ number: Int, multiple: Bool, isAck: Bool) throws {
        let meant = multiple ? 0..<number : (number - 1)..<number
        var settled: [Int] = []
        try queue.confirm(UInt64(number), multiple: multiple, isAck: isAck) { entry, _ in settled.append(entry.index) }
        try demand(settled == sent[meant].compactMap(\.?.index))
        for offset in meant { sent[offset] = nil }
    }

    mutating func confirmWhatWasNeverPublished() throws {
        #expect(throws: (any Error).self) {
            try queue.confirm(UInt64(sent.count) + 1, multiple: true, isAck: true) { _, _ in }
        }
    }

    mutating func abandon(using generator: inout SeededGenerator) {
        guard let batch = waiting.randomElement(using: &generator)?.batch else { return }
        queue.abandon(batch: batch)
        waiting.removeAll { $0.batch == batch }
    }

    mutating func connect() {
        queue.connectionOpened()
        waiting = underWay + waiting
        sent = []
    }

    /// Within the limits, but for a message alone; and not idle while there is room.
    func check() throws {
        let underWay = underWay
        let total = underWay.reduce(0) { $0 + $1.size }
        let isWithin = underWay.count <= limits.messages && (total <= bytes || underWay.count == 1)
        try demand(isWithin, "\(underWay.count) messages, \(total) bytes under way")
        let hasRoom = waiting.first.map { next in
            underWay.isEmpty || (underWay.count < limits.messages && total + next.size <= bytes)
        }
        let agrees =
            queue.canSend == (hasRoom ?? false) && queue.unconfirmed == underWay.count
            && queue.isEmpty == (underWay.isEmpty && waiting.isEmpty)
        try demand(agrees, "\(underWay.count) under way, \(waiting.count) waiting")
    }

    /// Publishes and confirms what is left.
    mutating func finish() throws {
        for _ in 0...serial where !queue.isEmpty {
            try sendAll()
            try confirm(sent.count, multiple: true, isAck: true)
        }
        try demand(queue.isEmpty)
    }

    /// Messages and bytes are back at zero exactly if as many fit as into a new window.
    mutating func checkThatAWholeWindowFits() throws {
        for _ in 0..<limits.messages { append(size: bytes / limits.messages) }
        append(size: 1)
        try sendAll()
        try demand(waiting.count == 1)
        try confirm(sent.count, multiple: true, isAck: true)
        append(size: bytes - 1)
        try sendAll()
        try demand(waiting.isEmpty == (limits.messages > 1))
    }
}
