import Glibc
import LockstepTesting
import Testing

/// Over plain sockets: both sides are the test's.
@Suite(.timeLimit(.minutes(3)))
struct FaultProxyTests {
    private func withProxy(
        receiveBuffer: Int? = nil, _ body: (FaultProxy, LoopbackSocket) async throws -> Void
    ) async throws {
        let listener = try LoopbackSocket.listening()
        try await withFaultProxy(to: listener.port, receiveBuffer: receiveBuffer) { try await body($0, listener) }
    }

    private func pair(
        _ proxy: FaultProxy, _ listener: LoopbackSocket, named name: String = "tests"
    ) async throws -> (client: LoopbackSocket, broker: LoopbackSocket) {
        let client = try LoopbackSocket.connected(to: proxy.port)
        let broker = try await listener.accepted()
        let hello = protocolHeader + WireFrame.startOk(named: name).bytes
        client.send(hello)
        #expect(try await broker.receive(hello.count) == hello)
        return (client, broker)
    }

    @Test
    func passesBytesBothWaysAndCountsFrames() async throws {
        try await withProxy { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            let publish = WireFrame.message(.basicPublish, "hello").bytes
            client.send(publish)
            #expect(try await broker.receive(publish.count) == publish)
            broker.send(WireFrame.ack(1).bytes)
            #expect(try await client.receive(21) == WireFrame.ack(1).bytes)
            #expect(await proxy.passed(.basicPublish, .clientToBroker) == 1)
            #expect(await proxy.passed(.basicAck, .brokerToClient) == 1)
            #expect(await proxy.passed(.basicAck, .clientToBroker) == 0)
            let connections = await proxy.connections
            #expect(connections.map(\.name) == ["tests"])
            #expect(connections[0].isOpen)
            #expect(connections[0].brokerToClient.passed.bytes == 21)
        }
    }

    @Test
    func anEndIsPassedOnAndTheOtherWayGoesOn() async throws {
        try await withProxy { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            client.finish()
            #expect(try await broker.receiveAll().end == .end)
            broker.send([1, 2, 3])
            broker.finish()
            let (bytes, end) = try await client.receiveAll()
            #expect(bytes == [1, 2, 3])
            #expect(end == .end)
            try await eventually("it is closed") { await proxy.connections[0].isOpen == false }
        }
    }

    @Test
    func halfCloseEndsOneWay() async throws {
        try await withProxy { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            await proxy.halfClose(.brokerToClient)
            #expect(try await client.receiveAll().end == .end)
            client.send(WireFrame.ack(1).bytes)
            #expect(try await broker.receive(21) == WireFrame.ack(1).bytes)
        }
    }

    @Test
    func resetReachesBothSidesOfTheNamedConnectionOnly() async throws {
        try await withProxy { proxy, listener in
            let publishing = try await pair(proxy, listener, named: "x publishing")
            let consuming = try await pair(proxy, listener, named: "x consuming")
            await proxy.reset(on: .named("publishing"))
            #expect(try await publishing.client.receiveAll().end == .reset)
            #expect(try await publishing.broker.receiveAll().end == .reset)
            consuming.client.send(WireFrame.ack(1).bytes)
            #expect(try await consuming.broker.receive(21) == WireFrame.ack(1).bytes)
            await proxy.close(on: .connection(1))
            #expect(try await consuming.client.receiveAll().end == .end)
            #expect(try await consuming.broker.receiveAll().end == .end)
        }
    }

    @Test
    func refusesAndSilencesAndKeepsItsPort() async throws {
        try await withProxy { proxy, listener in
            await proxy.refuse()
            let refusal = #expect(throws: LoopbackSocket.Failure.self) {
                _ = try LoopbackSocket.connected(to: proxy.port)
            }
            #expect(refusal?.code == ECONNREFUSED)
            try await proxy.silence()
            let unheard = try LoopbackSocket.connected(to: proxy.port)
            unheard.send(protocolHeader)
            try await eventually("it has been read") {
                await proxy.connections.first?.clientToBroker.arrived.bytes == protocolHeader.count
            }
            #expect(unheard.receive() == .nothing)
            try await proxy.accept()
            #expect(try await unheard.receiveAll().end == .reset)
            _ = try await pair(proxy, listener)
        }
    }

    /// As a process has them all that is just being started.
    @Test
    func refusesAlsoWhileSomebodyHasACopyOfItsSocket() async throws {
        try await withProxy { proxy, listener in
            let copy = try #require(LoopbackSocket.copy(ofListenerOn: proxy.port))
            await proxy.refuse()
            let refusal = #expect(throws: LoopbackSocket.Failure.self) {
                _ = try LoopbackSocket.connected(to: proxy.port)
            }
            #expect(refusal?.code == ECONNREFUSED)
            try await proxy.accept()
            _ = try await pair(proxy, listener)
            withExtendedLifetime(copy) {}
        }
    }

    @Test
    func aCutGivesTheReceiverItsBytesResetsTheSenderAndIsSpent() async throws {
        try await withProxy { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            let publish = WireFrame.message(.basicPublish, "hello").bytes
            let cut = await proxy.inject(.cut(afterBytes: 15, from: .basicPublish), .clientToBroker)
            client.send(WireFrame.ack(1).bytes + publish)
            let (bytes, end) = try await broker.receiveAll()
            #expect(bytes == WireFrame.ack(1).bytes + publish[..<15])
            #expect(end == .end)
            #expect(try await client.receiveAll().end == .reset)
            #expect(await proxy.isInjected(cut) == false)
            let again = try await pair(proxy, listener)
            again.client.send(publish)
            #expect(try await again.broker.receive(publish.count) == publish)
        }
    }

    @Test
    func aFrozenConnectionFillsUpAndGoesOnWhereItStood() async throws {
        try await withProxy(receiveBuffer: 4_096) { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            await proxy.inject(.freeze, .clientToBroker)
            let read = await proxy.connections[0].clientToBroker.arrived.bytes
            let part = WireFrame(.body, channel: 1, payload: [UInt8](repeating: 7, count: 60_000)).bytes
            var stream: [UInt8] = []
            var sent = part.count
            while sent == part.count, stream.count < 50_000_000 {
                sent = client.send(part)
                stream += part[..<sent]
            }
            #expect(sent < part.count, "the system's buffers are full")
            broker.send(WireFrame.ack(1).bytes)
            #expect(try await client.receive(21) == WireFrame.ack(1).bytes, "the other way goes on")
            #expect(broker.receive() == .nothing)
            #expect(await proxy.connections[0].clientToBroker.arrived.bytes == read, "all of it is in the system")
            try await proxy.heal()
            let rest = Array(part[sent...])
            try await eventually("there is room again") { client.send(rest) == rest.count }
            stream += rest
            #expect(try await broker.receive(stream.count) == stream)
        }
    }

    @Test
    func aFrozenConnectionOutlivesItsClient() async throws {
        try await withProxy { proxy, listener in
            let broker: LoopbackSocket
            do {
                let (client, itsBroker) = try await pair(proxy, listener)
                broker = itsBroker
                await proxy.inject(.freeze)
                client.send(WireFrame.ack(1).bytes)
            }
            try await eventually("the client is gone") { await proxy.connections[0].clientToBroker.arrived.bytes > 60 }
            #expect(broker.receive() == .nothing, "the broker has heard nothing of it")
            try await proxy.heal()
            let (bytes, end) = try await broker.receiveAll()
            #expect(bytes == WireFrame.ack(1).bytes)
            #expect(end == .end)
        }
    }

    @Test
    func aHoleThatSwallowedBytesIsHealedByAReset() async throws {
        try await withProxy { proxy, listener in
            let lossy = try await pair(proxy, listener)
            let idle = try await pair(proxy, listener)
            let hole = await proxy.inject(.swallow)
            lossy.client.send(WireFrame.ack(1).bytes)
            try await eventually("it is lost") { await proxy.connections[0].clientToBroker.arrived.bytes > 60 }
            await proxy.heal(hole)
            #expect(try await lossy.client.receiveAll().end == .reset)
            let (bytes, end) = try await lossy.broker.receiveAll()
            #expect(bytes == [])
            #expect(end == .reset)
            idle.client.send(WireFrame.ack(2).bytes)
            #expect(try await idle.broker.receive(21) == WireFrame.ack(2).bytes, "it lost nothing")
        }
    }

    @Test
    func aFaultOnANameWaitsForThatName() async throws {
        try await withProxy { proxy, listener in
            await proxy.inject(.drop(.basicAck), on: .named("publishing"))
            let publishing = try await pair(proxy, listener, named: "x publishing")
            let consuming = try await pair(proxy, listener, named: "x consuming")
            for (number, pair) in [publishing, consuming].enumerated() {
                pair.broker.send(WireFrame.ack(1).bytes + WireFrame(.basicNack, channel: 1).bytes)
                let expected = (number == 0 ? [] : WireFrame.ack(1).bytes) + WireFrame(.basicNack, channel: 1).bytes
                #expect(try await pair.client.receive(expected.count) == expected)
            }
            #expect(await proxy.arrived(.basicAck, .brokerToClient) == 2)
            #expect(await proxy.passed(.basicAck, .brokerToClient) == 1)
        }
    }

    @Test
    func latencyIsNotLess() async throws {
        try await withProxy { proxy, listener in
            let (client, broker) = try await pair(proxy, listener)
            await proxy.inject(.latency(.milliseconds(60)))
            let start = ContinuousClock.now
            client.send(WireFrame.ack(1).bytes)
            _ = try await broker.receive(21)
            broker.send(WireFrame.ack(1).bytes)
            _ = try await client.receive(21)
            #expect(ContinuousClock.now - start >= .milliseconds(120))
        }
    }

    @Test
    func withoutABrokerTheClientIsReset() async throws {
        let nobody = try LoopbackSocket.listening().port
        try await withFaultProxy(to: nobody) { proxy in
            let client = try LoopbackSocket.connected(to: proxy.port)
            #expect(try await client.receiveAll().end == .reset)
        }
    }

    @Test
    func theEndOfTheProxyEndsItsConnections() async throws {
        let listener = try LoopbackSocket.listening()
        let (client, broker) = try await withFaultProxy(to: listener.port) { proxy in
            await proxy.inject(.freeze)
            let client = try LoopbackSocket.connected(to: proxy.port)
            return (client, try await listener.accepted())
        }
        #expect(try await client.receiveAll().end == .reset)
        #expect(try await broker.receiveAll().end == .reset)
    }
}
