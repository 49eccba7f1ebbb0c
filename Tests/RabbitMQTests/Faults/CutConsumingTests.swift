import LockstepTesting
import RabbitMQ
import Testing

/// The connection breaks while something is consumed.
@Suite(.timeLimit(.minutes(3)))
struct CutConsumingTests {
    /// What is cut, byte by byte.
    enum Place: CaseIterable {
        case delivery
        case acknowledgement

        var method: WireMethod { self == .delivery ? .basicDeliver : .basicAck }
        var direction: FaultDirection { self == .delivery ? .brokerToClient : .clientToBroker }
    }

    @Test(arguments: Place.allCases)
    func nothingIsLostWhereverItIsCut(place: Place) async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Careful consumers say more than is counted here.
                    try await client.consume(from: "q", options: ConsumerOptions(isolateRedelivered: false)) { batch in
                        seen.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("it is subscribed") { client.consumers.first?.isSubscribed == true }
                let before = await proxy.passedBytes(place.direction, named: "consuming")
                try await deliver("100", proxy, client, seen)
                let size = await proxy.passedBytes(place.direction, named: "consuming") - before
                try #require(size > 20 && size < 150)
                for offset in 0...size {
                    let cut = await proxy.inject(
                        .cut(afterBytes: offset, from: place.method), place.direction, on: .consuming)
                    try await deliver("\(101 + offset)", proxy, client, seen)
                    #expect(await !proxy.isInjected(cut), "it was cut after \(offset) bytes")
                }
                try await eventually("all connections are back") {
                    client.status.consuming.connects == 1 + size + 1
                }
                #expect(Set(seen.all) == Set((100...(101 + size)).map(String.init)), "and there is nothing else")
                #expect(client.status.publishing.connects == 1)
                group.cancelAll()
                try await group.waitForAll()
            }
            try await eventually("nobody is subscribed") { try await client.inspect(queue: "q")?.consumers == 0 }
            #expect(try await client.inspect(queue: "q")?.messages == 0, "what was not acknowledged would be back")
        }
    }

    /// Publishes a message and waits until it was handled and its acknowledgement went through.
    private func deliver(
        _ text: String, _ proxy: FaultProxy, _ client: RabbitMQClient, _ seen: Collected<String>
    ) async throws {
        let acknowledged = await proxy.passed(.basicAck, .clientToBroker)
        try await client.fill("q", [text])
        try await eventually("\(text) is handled and acknowledged") {
            let acknowledgements = await proxy.passed(.basicAck, .clientToBroker)
            return acknowledgements > acknowledged && seen.all.contains(text)
        }
    }

    @Test
    func whatIsNotSettledWhenTheConnectionIsResetComesAgain() async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let texts = (0..<50).map(String.init)
            try await client.fill("q", texts)
            let seen = Collected<String>()
            let mayGoOn = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let options = ConsumerOptions(prefetch: 50, isolateRedelivered: false)
                    try await client.consume(from: "q", options: options) { batch in
                        seen.append(batch.map(\.message.text))
                        try await eventually("the test lets it go on") { mayGoOn.isSet }
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("all are delivered, and the first are in hand") {
                    await proxy.passed(.basicDeliver, .brokerToClient) == 50 && seen.count > 0
                }
                await proxy.reset(on: .consuming)
                try await eventually("it is connected again") { client.status.consuming.connects == 2 }
                let acknowledged = await proxy.passed(.basicAck, .clientToBroker)
                #expect(acknowledged == 0)
                let inHand = seen.count
                mayGoOn.set()
                try await eventually("all are handled after the reset") {
                    Set(seen.all.dropFirst(inHand)) == Set(texts)
                }
                try await eventually("the last is acknowledged") {
                    await proxy.passed(.basicAck, .clientToBroker) > 0
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            try await eventually("the queue is empty and nobody is subscribed") {
                try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 0)
            }
            #expect(client.status.publishing.connects == 1)
        }
    }

    /// What was in hand when the connection was lost, of a consumer that began with care.
    @Test(arguments: [true, false])
    func onlyOneThatHandledNothingBeginsWithOneOfWhatComesAgain(hasHandled: Bool) async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<51).map(String.init))
            let batches = Collected<Int>()
            // The probe comes first, then full ones.
            let isLost = hasHandled ? 3 : 2
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let batching = Batching.collect(count: 10, within: .seconds(60))
                    let options = ConsumerOptions(prefetch: 50, batching: batching)
                    try await client.consume(from: "q", options: options) { batch in
                        batches.append([batch.count])
                        if batches.count == isLost {
                            await proxy.reset(on: .consuming)
                            try await eventually("it is noticed") { client.status.consuming.connects == 2 }
                        }
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                // The acknowledgement right before the reset may have got lost: then ten more come.
                try await eventually("all come again") {
                    batches.all.dropFirst(isLost).reduce(0, +) >= (hasHandled ? 40 : 50)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            let again = batches.all.dropFirst(isLost)
            #expect(hasHandled ? again.allSatisfy { $0 == 10 } : again.starts(with: [1, 2]), "\(again)")
        }
    }
}
