import LockstepTesting

extension Oddity {
    /// A delivery with these bytes behind the size in its content header: flags and properties, as they should be.
    private static func delivery(_ properties: WireArguments, classID: UInt16 = 60)
        -> @Sendable (
            ScriptedBroker.Occasion
        ) -> [UInt8]
    {
        { call in
            let header = WireArguments().short(classID).short(0).longLong(3).raw(properties.bytes)
            let frames = call.delivery(1, "odd")
            return [frames[0], WireFrame(.header, channel: call.channel, payload: header.bytes), frames[2]]
                .flatMap(\.bytes)
        }
    }

    /// A delivery with these bytes for its headers, right or wrong, behind the length of their table.
    private static func headers(_ fields: WireArguments, length: Int? = nil)
        -> @Sendable (
            ScriptedBroker.Occasion
        ) -> [UInt8]
    {
        delivery(WireArguments().short(1 << 13).long(UInt32(length ?? fields.bytes.count)).raw(fields.bytes))
    }

    /// A content header that is too short for its flags.
    ///
    /// The body before it leaves bytes in the library's memory that would do as flags and headers, and point far away
    /// (CVE-2026-44235).
    private static func shortHeader(_ payload: [UInt8], _ call: ScriptedBroker.Occasion) -> [UInt8] {
        let stale = WireArguments(Array(repeating: 0, count: 12)).short(1 << 13).long(0xFFFF_FFF0)
            .shortString("a").octet(UInt8(ascii: "S")).long(0xF000_0000).bytes
        let header = WireFrame(.header, channel: call.channel, payload: payload)
        return (call.delivery(1, "")[...0] + call.content(stale) + [header]).flatMap(\.bytes)
    }

    /// Properties and headers that are not what they seem.
    static let contents = [
        Oddity("a table that is longer than its frame", .violation, headers(WireArguments(), length: 1)),
        Oddity("a table of 4 GiB", .violation, headers(WireArguments(), length: 0xFFFF_FFFF)),
        Oddity("a table that ends in a name", .violation, headers(WireArguments().octet(10).raw([97, 98]))),
        Oddity("a table that ends after a name", .violation, headers(WireArguments().shortString("a"))),
        Oddity("a table that ends in a number", .violation, headers(WireArguments().shortString("a").raw([73, 0, 0]))),
        Oddity(
            "a text that is longer than its frame", .violation,
            headers(
                WireArguments().shortString("a").octet(83).long(1_000).raw([1, 2, 3]))),
        Oddity("a text of 4 GiB", .violation, headers(WireArguments().shortString("a").octet(83).long(0xFFFF_FFFF))),
        Oddity("an array of 4 GiB", .violation, headers(WireArguments().shortString("a").octet(65).long(0xFFFF_FFFF))),
        Oddity(
            "a table in a table that is longer than both", .violation,
            headers(
                WireArguments().shortString("a").octet(70).long(1_000))),
        Oddity("an unknown kind of value", .violation, headers(WireArguments().shortString("a").octet(1))),
        Oddity(
            "a table that ends inside its last value", .violation,
            headers(WireArguments().shortString("a").field(.text("text")), length: 5)),
        Oddity(
            "25,000 arrays in one another", .message, headers(WireArguments().shortString("a").nestedArrays(25_000))),
        Oddity(
            "a table with 60,000 fields without names", .message,
            headers(
                WireArguments((0..<60_000).flatMap { _ in [0, UInt8(ascii: "V")] }))),
        Oddity("a second flag word", .message, delivery(WireArguments().short(1).short(0))),
        Oddity(
            "words of flags that nobody knows", .message,
            delivery(
                WireArguments((0..<10).flatMap { _ in [0, 1] }).short(0))),
        Oddity("all flags and no properties", .violation, delivery(WireArguments().short(0xFFFE))),
        Oddity("flags without an end", .violation, delivery(WireArguments(Array(repeating: 0xFF, count: 999)))),
        Oddity("a first flag word and no second", .violation, delivery(WireArguments().short(1))),
        Oddity("a header without flags", .violation, delivery(WireArguments())),
        Oddity("a header of two bytes", .violation) { shortHeader([0, 60], $0) },
        Oddity("a header that ends in its size", .violation) { shortHeader([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0], $0) },
        Oddity("a header of class connection", .violation, delivery(WireArguments().short(1 << 13), classID: 10)),
        Oddity(
            "a header of class channel with flags", .violation, delivery(WireArguments().short(0xFFFE), classID: 20)),
        Oddity("a header of an unknown class", .violation, delivery(WireArguments().short(0), classID: 61)),
    ]

    /// A method on the consumer's channel, or on another.
    private static func method(
        _ method: WireMethod, _ arguments: WireArguments = WireArguments(), on channel: UInt16? = nil
    ) -> @Sendable (ScriptedBroker.Occasion) -> [UInt8] {
        { WireFrame(method, channel: channel ?? $0.channel, arguments: arguments.bytes).bytes }
    }

    /// A frame that says to be a method.
    private static func method(bytes: [UInt8]) -> @Sendable (ScriptedBroker.Occasion) -> [UInt8] {
        { WireFrame(.method, channel: $0.channel, payload: bytes).bytes }
    }

    /// Methods that are cut off, unknown, or not for a client.
    static let methods = [
        Oddity("a method without a number", .violation, method(bytes: [])),
        Oddity("a method with one byte of a number", .violation, method(bytes: [0])),
        Oddity("a method with half a number", .violation, method(bytes: [0, 60])),
        Oddity("a method with three bytes of a number", .violation, method(bytes: [0, 60, 0])),
        Oddity("an unknown method", .violation, method(WireMethod(60, 99))),
        Oddity("an unknown class", .violation, method(WireMethod(99, 10))),
        Oddity("a delivery without arguments", .violation, method(.basicDeliver)),
        Oddity(
            "a delivery that ends in its consumer's tag", .violation, method(.basicDeliver, WireArguments().octet(200))),
        Oddity("an ack without its last byte", .violation, method(.basicAck, WireArguments().longLong(1))),
        Oddity(
            "a cut-off close of the channel", .violation, method(.channelClose, WireArguments().short(404).octet(9))),
        Oddity(
            "a method of a client", .violation,
            method(.basicPublish, WireArguments().short(0).octet(0).octet(0).octet(0))),
        Oddity(
            "a new handshake", .violation,
            method(
                .connectionTune, WireArguments().short(1).long(4_096).short(1), on: 0)),
        Oddity("an answer that nobody waits for", .violation, method(.basicQosOk)),
        Oddity(
            "a second answer to a subscription", .violation, method(.basicConsumeOk, WireArguments().shortString("a"))),
        Oddity("a channel's method on channel 0", .violation, method(.basicQosOk, on: 0)),
        Oddity("a connection's method on a channel", .violation, method(.connectionUnblocked)),
        Oddity(
            "a confirm where nothing is published", .nothing, method(.basicAck, WireArguments().longLong(7).octet(1))),
        Oddity(
            "arguments behind the last one", .nothing,
            method(
                .basicAck, WireArguments().longLong(7).octet(1).raw([1, 2, 3]))),
        Oddity("an end of blocking that nothing began", .nothing, method(.connectionUnblocked, on: 0)),
    ]
}

extension WireArguments {
    /// Adds a value of arrays, each the only element of the one before.
    fileprivate func nestedArrays(_ depth: Int) -> WireArguments {
        (0..<depth).reduce(self) { arguments, level in
            arguments.octet(UInt8(ascii: "A")).long(UInt32((depth - level - 1) * 5))
        }
    }
}
