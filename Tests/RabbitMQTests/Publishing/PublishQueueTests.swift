import LockstepTesting
import Testing

@testable import RabbitMQ

struct PublishQueueTests {
    private func entry(_ number: Int, batch: Int = 0) -> PublishQueue.Entry {
        var properties = MessageProperties()
        properties.messageID = "\(number)"
        let publication = Publication(Message(body: [], properties: properties), to: "e", routingKey: "k")
        return PublishQueue.Entry(publication: publication, size: 10, batch: batch, index: number)
    }

    private func queue(of count: Int, window: Int = 100) -> PublishQueue {
        var queue = PublishQueue(limits: .init(messages: window, bytes: 1_000_000))
        for number in 0..<count { queue.append(entry(number)) }
        return queue
    }

    /// Publishes all that may be published; returns it.
    private func send(_ queue: inout PublishQueue) -> [Int] {
        var sent: [Int] = []
        while let next = queue.nextWaiting {
            queue.sentFirst(at: .now)
            sent.append(next.index)
        }
        return sent
    }

    @Test
    func publishesInOrderUpToTheWindow() throws {
        var queue = queue(of: 5, window: 3)
        #expect(send(&queue) == [0, 1, 2])
        try queue.confirm(1, multiple: false, isAck: true) { _, _ in }
        #expect(send(&queue) == [3])
    }

    @Test
    func publishesTheUnconfirmedAgainFirst() throws {
        var queue = queue(of: 4, window: 3)
        _ = send(&queue)
        try queue.confirm(2, multiple: false, isAck: true) { _, _ in }
        queue.connectionOpened()
        #expect(send(&queue) == [0, 2, 3])
    }

    @Test
    func correlatesAReturnByMessageID() throws {
        var queue = queue(of: 3)
        _ = send(&queue)
        let back = Method.Return(code: 312, reason: "NO_ROUTE", exchange: "e", routingKey: "k")
        let found = [queue.markReturned(back, messageID: "1"), queue.markReturned(back, messageID: "unknown")]
        #expect(found == [true, false])
        var outcomes: [PublishOutcome] = []
        try queue.confirm(3, multiple: true, isAck: true) { outcomes.append($1) }
        #expect(outcomes == [.confirmed, .returned(code: 312, reason: "NO_ROUTE"), .confirmed])
    }

    @Test
    func abandonsOnlyWhatIsNotSent() {
        var queue = PublishQueue(limits: .init(messages: 1, bytes: 1_000))
        for (number, batch) in [(0, 1), (1, 1), (2, 2)] { queue.append(entry(number, batch: batch)) }
        _ = send(&queue)
        queue.abandon(batch: 1)
        #expect(queue.unconfirmed == 1, "what is on its way is still tracked")
        queue.connectionOpened()
        #expect(queue.nextWaiting?.index == 0)
    }

    /// A broker that closes the channel at one message, which it does not name.
    @Test(arguments: [0, 3, 9])
    func findsTheMessageThatClosesTheChannel(poison: Int) throws {
        var queue = queue(of: 10, window: 5)
        var confirmed: Set<Int> = []
        var culprits: [Int] = []
        var rounds = 0
        while !queue.isEmpty {
            rounds += 1
            try #require(rounds < 100, "it must come to an end")
            let sent = send(&queue)
            if sent.contains(poison) {
                if let culprit = queue.channelFailed() { culprits.append(culprit.index) }
                continue
            }
            try queue.confirm(0, multiple: true, isAck: true) { entry, _ in confirmed.insert(entry.index) }
            // Numbers restart with a channel, so confirm all that this one sent.
        }
        #expect(culprits == [poison])
        #expect(confirmed == Set(0..<10).subtracting([poison]))
    }

    /// Whatever the broker and the network do, every message ends with exactly one outcome.
    @Test
    func losesNothingOverRandomHistories() throws {
        try forEachSeed(1_000) { _, generator in
            var queue = PublishQueue(limits: .init(messages: 4, bytes: 100))
            var settled: [Int: Int] = [:]
            var number = 0
            for _ in 0..<80 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<4:
                    queue.append(entry(number))
                    number += 1
                case 4..<7:
                    _ = send(&queue)
                case 7..<9 where queue.unconfirmed > 0:
                    try queue.confirm(0, multiple: true, isAck: generator.chance(0.8)) { entry, _ in
                        settled[entry.index, default: 0] += 1
                    }
                default:
                    queue.connectionOpened()
                }
            }
            while !queue.isEmpty {
                _ = send(&queue)
                try queue.confirm(0, multiple: true, isAck: true) { entry, _ in settled[entry.index, default: 0] += 1 }
            }
            try #require(settled.count == number)
            try #require(settled.values.allSatisfy { $0 == 1 })
        }
    }
}
