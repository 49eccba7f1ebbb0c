import LockstepTesting
import Testing

/// Bytes that no broker should send to a consumer, and what a client has to make of them.
struct Oddity: Sendable, CustomTestStringConvertible {
    enum Meaning: Sendable {
        /// The connection is made anew.
        case violation
        /// The specification, or librabbitmq, passes over it.
        case nothing
        /// It is a delivery all the same.
        case message
    }

    let name: String
    let meaning: Meaning
    /// What is sent on the consumer's channel.
    let bytes: @Sendable (ScriptedBroker.Occasion) -> [UInt8]

    var testDescription: String { name }

    init(_ name: String, _ meaning: Meaning, _ bytes: @escaping @Sendable (ScriptedBroker.Occasion) -> [UInt8]) {
        self.name = name
        self.meaning = meaning
        self.bytes = bytes
    }
}

extension Oddity {
    static let all = frames + order + contents + methods
    /// As large as a frame can be, so that whatever is announced too long gets its bytes.
    private static let padding = [UInt8](repeating: 0, count: 131_072)

    /// Changes the bytes of the header frame of a delivery.
    private static func frame(_ change: @escaping @Sendable (inout [UInt8]) -> Void)
        -> @Sendable (
            ScriptedBroker.Occasion
        ) -> [UInt8]
    {
        { call in
            let delivery = call.delivery(1, "odd")
            var bytes = delivery[1].bytes
            change(&bytes)
            return delivery[0].bytes + bytes + delivery[2].bytes
        }
    }

    private static func setSize(_ size: UInt32) -> @Sendable (inout [UInt8]) -> Void {
        { $0.replaceSubrange(3..<7, with: size.bigEndianBytes) }
    }

    /// Frames that lie about themselves.
    private static let frames = [
        Oddity("a size that is one too small", .violation, frame { $0[6] -= 1 }),
        Oddity("a size that is one too large", .violation, frame { $0[6] += 1 }),
        Oddity("a size that is much too large", .violation) { frame(setSize(100_000))($0) + padding },
        Oddity("a size above the limit", .violation, frame(setSize(131_065))),
        Oddity("a size at the limit of 31 bits", .violation, frame(setSize(0x7FFF_FFFF))),
        Oddity("a size at the limit of 32 bits", .violation, frame(setSize(0xFFFF_FFFF))),
        Oddity("a wrong end octet", .violation, frame { $0[$0.count - 1] = 0xCF }),
        // AMQP 0-9-1, 4.2.3, wants the connection closed for these three; librabbitmq passes over them.
        Oddity("an unknown kind of frame", .nothing) {
            [9] + WireFrame(.body, channel: $0.channel, payload: [1]).bytes[1...]
        },
        Oddity("a heartbeat on channel 5", .nothing) { _ in WireFrame(.heartbeat, channel: 5, payload: []).bytes },
        Oddity("a heartbeat with a payload", .nothing) { _ in
            WireFrame(.heartbeat, channel: 0, payload: [1, 2, 3]).bytes
        },
    ]

    /// Frames at the wrong place.
    private static let order = [
        Oddity("a body larger than its header says", .violation) { call in
            let frames = [call.delivery(1, "")[0], call.contentHeader(bodySize: 3)]
            return (frames + [WireFrame(.body, channel: call.channel, payload: [1, 2, 3, 4])]).flatMap(\.bytes)
        },
        Oddity("a body smaller than its header says", .violation) { call in
            let frames = [call.delivery(1, "")[0], call.contentHeader(bodySize: 5)]
            let body = WireFrame(.body, channel: call.channel, payload: [1, 2, 3, 4])
            return (frames + [body] + call.delivery(2, "next")).flatMap(\.bytes)
        },
        Oddity("a header that announces 2^62 bytes", .violation) { call in
            let frames = [call.delivery(1, "")[0], call.contentHeader(bodySize: 1 << 62)]
            let bodies = Array(
                repeating: WireFrame(.body, channel: call.channel, payload: Array(padding.prefix(100_000))), count: 50)
            return (frames + bodies + call.delivery(2, "next")).flatMap(\.bytes)
        },
        Oddity("a body before its header", .violation) { call in
            let delivery = call.delivery(1, "odd")
            return (delivery[...0] + [delivery[2], delivery[1]]).flatMap(\.bytes)
        },
        Oddity("a header without a method", .violation) { $0.contentHeader(bodySize: 3).bytes },
        Oddity("a body without a method", .violation) { WireFrame(.body, channel: $0.channel, payload: [1]).bytes },
        Oddity("a second delivery inside a message", .violation) { call in
            (call.delivery(1, "odd")[...1] + call.delivery(2, "odder")).flatMap(\.bytes)
        },
        Oddity("an ack inside a message", .violation) { call in
            let ack = WireFrame(.basicAck, channel: call.channel, arguments: WireArguments().longLong(1).octet(0).bytes)
            let delivery = call.delivery(1, "odd")
            return [delivery[0], delivery[1], ack, delivery[2]].flatMap(\.bytes)
        },
        Oddity("a header on channel 0", .violation) { call in
            var header = call.contentHeader(bodySize: 3)
            header.channel = 0
            return header.bytes
        },
        Oddity("a body on channel 0", .violation) { _ in WireFrame(.body, channel: 0, payload: [1]).bytes },
        Oddity("a whole delivery on channel 0", .violation) { on(0, $0.delivery(1, "odd")) },
        Oddity("a whole delivery on a channel that was never open", .violation) { on(1_234, $0.delivery(1, "odd")) },
        Oddity("a header for a channel that was never open", .violation) {
            on(1_234, [$0.contentHeader(bodySize: 1 << 62)])
        },
        Oddity("a delivery with the tag 0, which stands for all", .violation) {
            $0.delivery(0, "odd").flatMap(\.bytes)
        },
        Oddity("two deliveries with one tag", .violation) { call in
            (call.delivery(1, "fine") + call.delivery(1, "odd")).flatMap(\.bytes)
        },
        Oddity("a tag below the one before it", .violation) { call in
            (call.delivery(7, "fine") + call.delivery(3, "odd")).flatMap(\.bytes)
        },
        Oddity("a close of a channel that was never open", .violation) { _ in
            let arguments = WireArguments().short(404).shortString("gone").short(0).short(0)
            return WireFrame(.channelClose, channel: 1_234, arguments: arguments.bytes).bytes
        },
    ]

    private static func on(_ channel: UInt16, _ frames: [WireFrame]) -> [UInt8] {
        frames.flatMap { WireFrame($0.kind, channel: channel, payload: $0.payload).bytes }
    }
}
