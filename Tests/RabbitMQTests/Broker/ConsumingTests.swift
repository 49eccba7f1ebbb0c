import LockstepTesting
import RabbitMQ
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConsumingTests {
    @Test
    func eachDispositionDoesWhatItSays() async throws {
        try await withClient { client in
            let deadLetters: FieldTable = ["x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"]
            try await client.declare(Topology(queues: [.quorum("q", deadLetters), .quorum("dead")]))
            try await client.fill("q", ["ack", "requeue", "reject", "ack too"])
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: .init(tag: "ward-1")) { batch in
                        seen.append(batch.map { ($0.redelivered ? "again: " : "") + $0.message.text })
                        return batch.map { delivery in
                            switch delivery.message.text {
                            case "requeue": delivery.redelivered ? .ack : .requeue
                            case "reject": .reject
                            default: .ack
                            }
                        }
                    }
                }
                await seen.untilCount(5)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(Set(seen.all) == ["ack", "requeue", "reject", "ack too", "again: requeue"])
            #expect(try await client.take(1, from: "dead") == ["reject"])
            #expect(try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 0))
        }
    }

    @Test
    func twentyThousandArriveInOrder() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let texts = (0..<20_000).map(String.init)
            for start in stride(from: 0, to: texts.count, by: 2_000) {
                try await client.fill("q", texts[start..<start + 2_000])
            }
            #expect(try await client.take(20_000, from: "q") == texts)
            #expect(try await client.inspect(queue: "q")?.messages == 0, "all of it is acknowledged")
        }
    }

    @Test
    func thePrefetchLimitsWhatIsOut() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<50).map(String.init))
            let sizes = Collected<Int>()
            let (gate, opener) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: .init(prefetch: 7, isolateRedelivered: false)) {
                        batch in
                        sizes.append([batch.count])
                        for await _ in gate { break }
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("seven are out") { try await client.inspect(queue: "q")?.messages == 43 }
                opener.finish()
                try await eventually("none is left") { try await client.inspect(queue: "q")?.messages == 0 }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(sizes.all.allSatisfy { $0 <= 7 })
        }
    }

    @Test
    func collectsBatchesByCountAndTime() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<25).map(String.init))
            let sizes = Collected<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let options = ConsumerOptions(
                        prefetch: 1, batching: .collect(count: 10, within: .seconds(2)), isolateRedelivered: false)
                    try await client.consume(from: "q", options: options) { batch in
                        sizes.append([batch.count])
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                await sizes.untilCount(3)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(sizes.all == [10, 10, 5])
        }
    }

    @Test
    func whatTheHandlerThrowsRequeuesAndIsRethrown() async throws {
        struct Broken: Error {}
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", ["a", "b"])
            await #expect(throws: Broken.self) {
                try await client.consume(from: "q") { _ in throw Broken() }
            }
            #expect(Set(try await client.take(2, from: "q")) == ["a", "b"])
        }
    }

    @Test("what came back once comes in growing batches, and what came back twice one at a time", arguments: [1, 2])
    func redelivered(times: Int) async throws {
        struct Crash: Error {}
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let old = (0..<100).map { "old \($0)" }
            let new = ["new 1", "new 2"]
            try await client.fill("q", old)
            let allAtOnce = ConsumerOptions(
                batching: .collect(count: 100, within: .seconds(60)), isolateRedelivered: false)
            for _ in 0..<times {
                try? await client.consume(from: "q", options: allAtOnce) { _ in throw Crash() }
            }
            try await client.fill("q", new)
            let batches = Collected<[String]>()
            let texts = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q") { batch in
                        batches.append([batch.map(\.message.text)])
                        texts.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                await texts.untilCount(old.count + new.count)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(texts.all.sorted() == (old + new).sorted())
            let counts = batches.all.filter { !Set($0).isSubset(of: new) }.map(\.count)
            if times == 1 {
                // They may arrive in pieces.
                #expect(counts.starts(with: [1, 2]) && counts.count < 50, "\(counts)")
                #expect(counts.allSatisfy { $0 <= 32 })
            } else {
                #expect(counts.allSatisfy { $0 == 1 }, "\(counts)")
            }
        }
    }

    @Test
    func aMissingQueueIsAnErrorAtFirst() async throws {
        try await withClient { client in
            await #expect {
                try await client.consume(from: "missing") { _ in [] }
            } throws: { error in
                (error as? RabbitMQError)?.code == .notFound
            }
            #expect(client.consumers.isEmpty)
        }
    }

    @Test
    func aConsumerComesBackWhenItsQueueDoes() async throws {
        try await withClient { client in
            let topology = Topology(queues: [.quorum("q")])
            try await client.declare(topology)
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: .init(tag: "ward-1")) { batch in
                        seen.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("it is subscribed") { client.consumers.first?.isSubscribed == true }
                try await client.delete(queue: "q")
                try await eventually("the loss is noticed") { client.consumers.first?.isSubscribed == false }
                try await client.declare(topology)
                try await client.fill("q", ["after"])
                await seen.untilCount(1)
                #expect(client.consumers.first?.isSubscribed == true)
                #expect(client.consumers.first?.tag == "ward-1")
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test
    func aBodyOverTheLimitIsHandedOverFlaggedAndTheNextOneIsWhole() async throws {
        try await SharedBroker.withVirtualHost { host in
            try await withClient(url: host.amqpURL) { publisher in
                try await publisher.declare(Topology(queues: [.quorum("q")]))
                let large = Message(body: [UInt8](repeating: 1, count: 300_000))
                #expect(try await publisher.publish(large, to: "", routingKey: "q") == .confirmed)
                try await publisher.fill("q", ["small"])
            }
            try await withClient(url: host.amqpURL, { $0.maximumBodySize = 1_000 }) { client in
                let seen = Collected<(Bool, String)>()
                let count = try await client.get(from: "q", limit: 10) { deliveries in
                    seen.append(deliveries.map { ($0.bodyWasTooLarge, $0.message.text) })
                    return [.reject, .ack]
                }
                #expect(count == 2)
                #expect(seen.all.map(\.0) == [true, false])
                #expect(seen.all.map(\.1) == ["", "small"])
            }
        }
    }

    @Test
    func getLeavesWhatItsHandlerPutsBack() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", ["a", "b", "c"])
            let count = try await client.get(from: "q", limit: 2) { deliveries in
                #expect(deliveries.map(\.message.text) == ["a", "b"])
                return [.requeue, .ack]
            }
            #expect(count == 2)
            try await eventually("two are back") { try await client.inspect(queue: "q")?.messages == 2 }
            #expect(try await client.get(from: "q", limit: 5) { _ in [.ack, .ack] } == 2)
            #expect(try await client.get(from: "q", limit: 5) { _ in [] } == 0, "the handler is not even called")
        }
    }

    /// More than a quorum queue is sent at a time.
    @Test(arguments: [34, 100])
    func getSettlesEverythingAndPutsBackInOrder(count: Int) async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let texts = (0..<count).map(String.init)
            try await client.fill("q", texts)
            for disposition in [Disposition.requeue, .requeue, .ack] {
                let got = try await client.get(from: "q", limit: count) { deliveries in
                    #expect(deliveries.map(\.message.text) == texts)
                    return Array(repeating: disposition, count: deliveries.count)
                }
                #expect(got == count)
                let left = disposition == .ack ? 0 : count
                try await eventually("\(left) are in the queue", within: .seconds(5)) {
                    try await client.inspect(queue: "q")?.messages == left
                }
            }
        }
    }
}
