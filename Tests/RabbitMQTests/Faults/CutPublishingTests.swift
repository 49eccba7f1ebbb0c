import LockstepTesting
import RabbitMQ
import Testing

/// The connection breaks while something is published.
@Suite(.timeLimit(.minutes(3)))
struct CutPublishingTests {
    @Test(arguments: [1, 50, 500])
    func nothingIsLostBetweenPublishAndConfirm(count: Int) async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let hold = await proxy.inject(.hold(.basicAck), .brokerToClient, on: .publishing)
            let texts = (0..<count).map(String.init)
            async let outcomes = client.publish(texts.map { Publication(Message($0), to: "", routingKey: "q") })
            try await eventually("all are at the broker, and its confirms are on their way") {
                let published = await proxy.passed(.basicPublish, .clientToBroker)
                let confirms = await proxy.arrived(.basicAck, .brokerToClient)
                return published == count && confirms > 0
            }
            // Not the other connection, too: what the test asks of the broker afterwards would meet its end.
            await proxy.reset(on: .publishing)
            await proxy.heal(hold)
            #expect(try await outcomes == Array(repeating: .confirmed, count: count))
            #expect(await proxy.passed(.basicPublish, .clientToBroker) == 2 * count, "all of them once more")
            let there = try await client.emptied("q")
            #expect(Set(there.keys) == Set(texts), "none is lost, and there is nothing else")
            #expect(there.values.allSatisfy { $0 <= 2 })
        }
    }

    @Test
    func nothingIsLostWhereverAPublishIsCut() async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            // All of the same length.
            let texts = (100..<300).map(String.init)
            func publish(_ text: String) async throws {
                #expect(try await client.publish(Message(text, id: text), to: "", routingKey: "q") == .confirmed)
            }
            let before = await proxy.passedBytes(.clientToBroker, named: "publishing")
            try await publish(texts[0])
            let size = await proxy.passedBytes(.clientToBroker, named: "publishing") - before
            try #require(size > 50 && size < texts.count - 1)
            for offset in 0...size {
                let cut = await proxy.inject(.cut(afterBytes: offset, from: .basicPublish), .clientToBroker)
                try await publish(texts[1 + offset])
                #expect(await !proxy.isInjected(cut), "it was cut after \(offset) bytes")
            }
            #expect(client.status.publishing.connects == 1 + size + 1)
            #expect(client.status.consuming.connects == 1)
            let there = try await client.emptied("q")
            #expect(Set(there.keys) == Set(texts[...(1 + size)]), "none is lost, and there is nothing else")
            let twice = there.filter { $0.value != 1 }
            // Only of the last one had the broker all there was.
            #expect(twice.isEmpty || twice == [texts[1 + size]: 2])
        }
    }
}
