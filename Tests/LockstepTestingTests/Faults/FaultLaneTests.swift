import Testing

@testable import LockstepTesting

struct FaultLaneTests {
    private let start = ContinuousClock.now

    private func rules(_ faults: Fault...) -> FaultRules {
        let injections = faults.enumerated().map { number, fault in
            FaultRules.Injection(name: InjectedFault(number: number), fault: fault, direction: nil, scope: .all)
        }
        return FaultRules(injections, .clientToBroker, index: 0, name: nil)
    }

    private func lane(_ faults: Fault...) -> FaultLane {
        var lane = FaultLane()
        let injections = faults.enumerated().map { number, fault in
            FaultRules.Injection(name: InjectedFault(number: number), fault: fault, direction: nil, scope: .all)
        }
        lane.follow(FaultRules(injections, .clientToBroker, index: 0, name: nil), at: start)
        return lane
    }

    private func bytes(_ departures: [FaultLane.Departure]) -> [UInt8] {
        departures.flatMap { departure in
            if case .bytes(let bytes) = departure { bytes } else { [UInt8]() }
        }
    }

    @Test
    func everyByteComesOutHoweverTheStreamIsCut() {
        let stream = protocolHeader + WireFrame.message(.basicPublish, "hello").bytes + WireFrame.ack(1).bytes
        for size in 1...stream.count {
            var lane = lane()
            var out: [UInt8] = []
            for first in stride(from: 0, to: stream.count, by: size) {
                lane.receive(Array(stream[first..<min(first + size, stream.count)]), at: start)
                out += bytes(lane.depart(at: start))
            }
            #expect(out == stream)
            #expect(lane.counts.passed.methods == [.basicPublish: 1, .basicAck: 1])
        }
    }

    @Test(arguments: [Array("GET / HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 2, 0, 1], Array("AMX".utf8)])
    func whatIsNotAMQPComesOutAsItIs(stream: [UInt8]) {
        var lane = lane()
        lane.receive(stream, at: start)
        lane.end(.finished, at: start)
        #expect(lane.depart(at: start) == [.bytes(stream), .ending(.finished)])
    }

    @Test
    func halfAFrameComesOutBeforeTheEnd() {
        var lane = lane()
        let half = Array(WireFrame.ack(1).bytes[..<9])
        lane.receive(half, at: start)
        #expect(lane.depart(at: start) == [])
        lane.end(.finished, at: start)
        #expect(lane.depart(at: start) == [.bytes(half), .ending(.finished)])
    }

    @Test
    func aCutLetsExactlySoManyBytesThrough() {
        let stream = WireFrame.message(.basicPublish, "hello").bytes
        for offset in 0...stream.count {
            var lane = lane(.cut(afterBytes: offset))
            for byte in stream { lane.receive([byte], at: start) }
            let departures = lane.depart(at: start)
            #expect(bytes(departures) == Array(stream[..<offset]))
            #expect(departures.last == .ending(.cut(InjectedFault(number: 0))))
            #expect(lane.counts.passed.bytes == offset)
            #expect(lane.isOver)
        }
    }

    @Test
    func aCutCountsFromItsMethod() {
        let before = WireFrame.ack(1).bytes
        let publish = WireFrame.message(.basicPublish, "hello").bytes
        for offset in 0...publish.count {
            var lane = lane(.cut(afterBytes: offset, from: .basicPublish))
            lane.receive(before + before + publish + before, at: start)
            #expect(bytes(lane.depart(at: start)) == before + before + publish[..<offset])
        }
    }

    @Test
    func aDroppedMethodTakesItsContentAlong() {
        var lane = lane(.drop(.basicDeliver))
        let innocent = WireFrame.message(.basicDeliver, "other", channel: 2)[1...]
        let lost = WireFrame.message(.basicDeliver, "lost")
        // The other channel's message had begun before.
        lane.receive(lost[0].bytes + innocent.flatMap(\.bytes) + lost[1...].flatMap(\.bytes), at: start)
        lane.receive(WireFrame.ack(1).bytes, at: start)
        #expect(bytes(lane.depart(at: start)) == innocent.flatMap(\.bytes) + WireFrame.ack(1).bytes)
        #expect(lane.counts.arrived.methods[.basicDeliver] == 1)
        #expect(lane.counts.passed.methods[.basicDeliver] == nil)
    }

    @Test
    func whatIsHeldIsOvertakenAndComesInOrder() {
        var lane = lane(.hold(.basicPublish))
        let held = WireFrame.message(.basicPublish, "1") + WireFrame.message(.basicPublish, "")
        lane.receive(held.bytes + WireFrame.ack(1).bytes, at: start)
        #expect(bytes(lane.depart(at: start)) == WireFrame.ack(1).bytes)
        lane.follow(rules(), at: start)
        #expect(bytes(lane.depart(at: start)) == held.bytes)
    }

    /// A frame of one message must not come between those of another on its channel.
    @Test
    func whatIsHeldComesAfterTheMessageThatIsUnderWay() {
        var lane = lane(.hold(.basicAck))
        let message = WireFrame.message(.basicPublish, "first")
        lane.receive(WireFrame.ack(1).bytes + message[0].bytes + message[1].bytes, at: start)
        lane.follow(rules(), at: start)
        #expect(bytes(lane.depart(at: start)) == message[0].bytes + message[1].bytes)
        lane.receive(message[2].bytes, at: start)
        #expect(bytes(lane.depart(at: start)) == message[2].bytes + WireFrame.ack(1).bytes)
    }

    @Test
    func whatIsReleasedInTheMiddleGoesOn() {
        var lane = lane(.hold(.basicPublish))
        let message = WireFrame.message(.basicPublish, "held")
        lane.receive(message[0].bytes, at: start)
        lane.follow(rules(), at: start)
        lane.receive(message[1...].flatMap(\.bytes), at: start)
        #expect(bytes(lane.depart(at: start)) == message.bytes)
    }

    @Test
    func latencyDelaysAndKeepsTheOrder() {
        var lane = lane(.latency(.milliseconds(50)))
        lane.receive(WireFrame.ack(1).bytes, at: start)
        lane.receive(WireFrame.ack(2).bytes, at: start + .milliseconds(30))
        #expect(lane.depart(at: start + .milliseconds(49)) == [])
        #expect(lane.nextDue == start + .milliseconds(50))
        #expect(bytes(lane.depart(at: start + .milliseconds(50))) == WireFrame.ack(1).bytes)
        #expect(bytes(lane.depart(at: start + .milliseconds(80))) == WireFrame.ack(2).bytes)
        #expect(lane.nextDue == nil)
    }

    @Test
    func bandwidthLetsBytesTrickle() {
        var lane = lane(.bandwidth(bytesPerSecond: 1_000))
        let stream = WireFrame.message(.basicPublish, String(repeating: "x", count: 400)).bytes
        lane.receive(stream, at: start)
        for tenth in 1...4 {
            _ = lane.depart(at: start + .milliseconds(100 * tenth))
            #expect((100 * tenth - 50...100 * tenth).contains(lane.counts.passed.bytes))
        }
        _ = lane.depart(at: start + .seconds(1))
        #expect(lane.counts.passed.bytes == stream.count)
    }

    @Test
    func whatIsTooMuchOnTheWayMakesTheSenderWait() {
        var lane = lane(.latency(.seconds(1)))
        lane.receive(WireFrame(.body, channel: 1, payload: [UInt8](repeating: 0, count: 1_200_000)).bytes, at: start)
        #expect(!lane.isReading)
        _ = lane.depart(at: start + .seconds(1))
        #expect(lane.isReading)
    }

    @Test
    func aFrozenLaneKeepsEverythingAndItsEnd() {
        var lane = lane(.freeze)
        #expect(!lane.isReading)
        lane.receive(WireFrame.ack(1).bytes, at: start)
        lane.end(.finished, at: start)
        #expect(lane.depart(at: start + .seconds(9)) == [])
        lane.follow(rules(), at: start + .seconds(9))
        #expect(lane.depart(at: start + .seconds(9)) == [.bytes(WireFrame.ack(1).bytes), .ending(.finished)])
    }

    @Test
    func aSwallowingLaneReadsAndKnowsThatItLost() {
        var lane = lane(.swallow)
        #expect(lane.isReading)
        #expect(!lane.hasLostBytes)
        lane.receive(WireFrame.ack(1).bytes, at: start)
        #expect(lane.depart(at: start) == [])
        #expect(lane.hasLostBytes)
    }

    @Test
    func aConnectionIsKnownByItsName() {
        var lane = lane()
        lane.receive(protocolHeader + WireFrame.startOk(named: "tests publishing").bytes, at: start)
        #expect(lane.connectionName == "tests publishing")
    }
}
