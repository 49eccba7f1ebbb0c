import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PublishingTests {
    @Test
    func everyMessageOfABatchHasItsOwnOutcome() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("there")]))
            let outcomes = try await client.publish([
                Publication(Message("a"), to: "", routingKey: "there"),
                Publication(Message("b"), to: "", routingKey: "nowhere"),
                Publication(Message("c", id: "same"), to: "", routingKey: "nowhere"),
                Publication(Message("d", id: "same"), to: "", routingKey: "there"),
            ])
            let returned = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")
            #expect(outcomes == [.confirmed, returned, returned, .confirmed])
            #expect(try await client.take(2, from: "there") == ["a", "d"])
        }
    }

    @Test
    func aFullQueueRefuses() async throws {
        try await withClient { client in
            let full: FieldTable = ["x-max-length": 1, "x-overflow": "reject-publish"]
            try await client.declare(Topology(queues: [Queue(name: "full", arguments: full)]))
            #expect(try await client.publish(Message("a"), to: "", routingKey: "full") == .confirmed)
            #expect(try await client.publish(Message("b"), to: "", routingKey: "full") == .refused)
        }
    }

    @Test
    func everyPropertyComesBackAsItWas() async throws {
        try await withClient { client in
            // A quorum queue would add x-delivery-count.
            try await client.declare(Topology(queues: [Queue(name: "q")]))
            let properties = MessageProperties(
                contentType: "application/json", contentEncoding: "gzip",
                headers: ["text": "grün", "number": 42, "list": [1, "two", ["deep": true]], "bytes": .bytes([0xFF])],
                deliveryMode: .persistent, priority: 5, correlationID: "c", replyTo: "r", expiration: "60000",
                messageID: "m", timestamp: 1_700_000_000, type: "t", userID: "guest", appID: "a")
            let message = Message(body: [0, 255, 10], properties: properties)
            #expect(try await client.publish(message, to: "", routingKey: "q") == .confirmed)
            let count = try await client.get(from: "q", limit: 1) { deliveries in
                #expect(deliveries[0].message == message)
                #expect(deliveries[0].routingKey == "q")
                #expect(!deliveries[0].redelivered)
                return [.ack]
            }
            #expect(count == 1)
        }
    }

    /// Around the size of a frame, where the last one may be full, empty or corked in the kernel.
    @Test
    func bodiesOfEverySizeArriveWhole() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let frame = 131_072 - 8
            let sizes = [0, 1, frame - 1, frame, frame + 1, 2 * frame, 3 * frame + 7, 2_000_000]
            for size in sizes {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let start = ContinuousClock.now
                #expect(try await client.publish(Message(body: body), to: "", routingKey: "q") == .confirmed)
                #expect(ContinuousClock.now - start < .seconds(20))
                _ = try await client.get(from: "q", limit: 1) { deliveries in
                    #expect(deliveries[0].message.body == body)
                    return [.ack]
                }
            }
        }
    }

    @Test
    func aMessageToAMissingExchangeFailsAlone() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let outcome = try await client.publish(Message("\(number)"), to: "", routingKey: "q")
                        #expect(outcome == .confirmed)
                    }
                }
                group.addTask {
                    await #expect {
                        try await client.publish(Message("lost"), to: "missing", routingKey: "q")
                    } throws: { error in
                        let error = error as? RabbitMQError
                        return error?.code == .notFound && error?.message.contains("missing") == true
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.status.publishing.connects == 1, "the connection was not made anew")
            // Those that were under way when the broker closed the channel may be there twice, none may be missing.
            let there = try #require(try await client.inspect(queue: "q")).messages
            #expect(Set(try await client.take(there, from: "q")).count == 200)
        }
    }

    @Test
    func refusesBeforeSendingWhatAMQPCannotCarry() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let long = String(repeating: "k", count: 256)
            let wide = MessageProperties(headers: ["wide": .string(String(repeating: "x", count: 140_000))])
            let cases: [(Publication, RabbitMQError.Code)] = [
                (Publication(Message("a"), to: "", routingKey: long), .invalidName),
                (Publication(Message(body: [], properties: wide), to: "", routingKey: "q"), .headersTooLarge),
                (
                    Publication(Message(body: [UInt8](repeating: 0, count: 17_000_000)), to: "", routingKey: "q"),
                    .messageTooLarge
                ),
            ]
            for (publication, code) in cases {
                await #expect {
                    try await client.publish([publication])
                } throws: { error in
                    (error as? RabbitMQError)?.code == code
                }
            }
            #expect(try await client.publish(Message("fine"), to: "", routingKey: "q") == .confirmed)
            #expect(client.status.publishing.connects == 1, "nothing of it was sent")
        }
    }

    @Test
    func aThousandTasksEachGetTheirConfirm() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let confirmed = try await withThrowingTaskGroup(of: Int.self) { group in
                for task in 0..<1_000 {
                    group.addTask {
                        let outcome = try await client.publish(Message("\(task)"), to: "", routingKey: "q")
                        return outcome == .confirmed ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(confirmed == 1_000)
            #expect(Set(try await client.take(1_000, from: "q")).count == 1_000)
        }
    }

    @Test
    func aCancelledPublishReturnsAtOnce() async throws {
        let client = RabbitMQClient(
            configuration: .init(endpoints: [Endpoint(host: "127.0.0.1", port: 1)]), logger: .quiet)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await client.run() }
            group.addTask {
                let publishing = Task { try await client.publish(Message("a"), to: "", routingKey: "q") }
                publishing.cancel()
                await #expect(throws: CancellationError.self) { try await publishing.value }
            }
            _ = await group.next()
            group.cancelAll()
        }
    }
}
