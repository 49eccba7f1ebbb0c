import Testing

@testable import LockstepTesting

struct BrokerConversationTests {
    private static let header = Array("AMQP".utf8) + [0, 0, 9, 1]

    private static func conversation(
        lives: [String: Int] = [:], _ script: @escaping ScriptedBroker.Script = { _ in nil }
    ) -> BrokerConversation {
        BrokerConversation(connection: 3, lives: lives, script: script)
    }

    /// What was sent, as frames.
    private static func frames(_ effects: [BrokerConversation.Effect]) throws -> [WireFrame] {
        var reader = WireFrameReader()
        for case .send(let bytes) in effects { reader.append(bytes) }
        var frames: [WireFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    private static func publish(_ text: String, id: String?, on channel: UInt16 = 1) -> [WireFrame] {
        let arguments = WireArguments().short(0).shortString("x").shortString("key").octet(1)
        let call = ScriptedBroker.Occasion(
            connection: 1, name: "", life: 0, frame: WireFrame(.body, channel: channel, payload: []), publish: nil)
        return [WireFrame(.basicPublish, channel: channel, arguments: arguments.bytes)]
            + call.content(Array(text.utf8), id: id)
    }

    private static func startOk(_ name: String) -> WireFrame {
        let properties: [(String, WireField)] = [
            ("capabilities", .table([("basic.nack", .bool(true))])), ("yes", .bool(true)),
            ("connection_name", .text(name)),
        ]
        return WireFrame(
            .connectionStartOk, channel: 0,
            arguments: WireArguments().table(properties).shortString("PLAIN").longString("").shortString("en_US").bytes)
    }

    @Test
    func itShakesHandsAsAGoodBrokerDoes() throws {
        var conversation = Self.conversation(lives: ["me": 1])
        #expect(conversation.receive(Self.header.prefix(3)).isEmpty)
        let greeting = conversation.receive(Self.header.suffix(5))
        #expect(try Self.frames(greeting).map(\.method) == [.connectionStart])
        let named = conversation.receive(Self.startOk("me").bytes)
        #expect(named.contains(.named("me")))
        #expect(try Self.frames(named).map(\.method) == [.connectionTune])
        #expect(conversation.name == "me" && conversation.life == 2)
        let tuned = WireFrame(
            .connectionTuneOk, channel: 0, arguments: WireArguments().short(1).long(4_096).short(7).bytes)
        #expect(conversation.receive(tuned.bytes).contains(.heartbeat(7)))
        let opened = conversation.receive(WireFrame(.connectionOpen, channel: 0).bytes)
        #expect(try Self.frames(opened).map(\.method) == [.connectionOpenOk])
        let closed = conversation.receive(WireFrame(.connectionClose, channel: 0).bytes)
        #expect(try Self.frames(closed).map(\.method) == [.connectionCloseOk])
        #expect(closed.last == .endOfFile)
        #expect(conversation.receive(WireFrame(.channelOpen, channel: 1).bytes).isEmpty, "it is over")
    }

    @Test
    func publishesAreCountedByChannelAndConfirmedWhereThatWasAskedFor() throws {
        var conversation = Self.conversation()
        _ = conversation.receive(Self.header)
        for channel in [1, 2] as [UInt16] {
            _ = conversation.receive(WireFrame(.channelOpen, channel: channel).bytes)
        }
        _ = conversation.receive(WireFrame(.confirmSelect, channel: 1).bytes)
        let frames = [
            Self.publish("a", id: "one"), Self.publish("", id: nil), Self.publish("b", id: nil, on: 2),
        ]
        // Byte by byte, as a slow line brings them.
        let effects = frames.flatMap { $0 }.flatMap(\.bytes).flatMap { conversation.receive([$0]) }
        let published = effects.compactMap { effect in
            if case .published(let publish) = effect { publish } else { nil }
        }
        #expect(published.map(\.number) == [1, 2, 1])
        #expect(published.map(\.text) == ["a", "", "b"])
        #expect(published.map(\.messageID) == ["one", nil, nil])
        #expect(published.map(\.routingKey) == ["key", "key", "key"] && published[0].exchange == "x")
        let acks = try Self.frames(effects)
        #expect(acks.map(\.method) == [.basicAck, .basicAck] && acks.map(\.channel) == [1, 1])
    }

    @Test
    func theMessageIDIsFoundBehindAllOtherProperties() throws {
        let properties = WireArguments().short(0xFFF0 & ~(1 << 6)).shortString("type").shortString("encoding")
            .table([("message", .text("id"))]).octet(2).octet(9).shortString("correlation").shortString("reply")
            .shortString("1000").shortString("the id")
        let header = WireArguments().short(60).short(0).longLong(0).raw(properties.bytes)
        var content = try #require(WireContent(publish: Self.publish("", id: nil)[0]))
        content.receive(WireFrame(.header, channel: 1, payload: header.bytes))
        #expect(content.isComplete)
        #expect(content.messageID == "the id")
    }

    @Test
    func theScriptComesFirstAndMayDoAsUsual() throws {
        var conversation = Self.conversation { call in
            switch call.method {
            case .channelOpen: [.asUsual, call.closeChannel(406, "no"), .bytes([1]), .reset, .asUsual]
            case .confirmSelect: []
            default: nil
            }
        }
        _ = conversation.receive(Self.header)
        #expect(conversation.receive(WireFrame(.confirmSelect, channel: 1).bytes).count == 1, "only noted")
        let effects = conversation.receive(WireFrame(.channelOpen, channel: 1).bytes)
        #expect(effects.suffix(2) == [.send([1]), .reset], "nothing follows the end")
        #expect(try Self.frames(Array(effects.dropLast(2))).map(\.method) == [.channelOpenOk, .channelClose])
    }

    @Test
    func aClientThatSendsNoFramesIsReset() {
        var conversation = Self.conversation()
        _ = conversation.receive(Self.header)
        #expect(conversation.receive([7, 0, 0, 0, 0, 0, 0, 0]) == [.reset])
    }
}
