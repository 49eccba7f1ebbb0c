/// One AMQP 0-9-1 frame as it goes over the wire (specification 4.2.3).
public struct WireFrame: Sendable, Hashable {
    /// What a frame carries.
    public enum Kind: UInt8, Sendable, Hashable {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8
    }

    /// The byte at the end of each frame.
    public static let endOctet: UInt8 = 0xCE
    /// The bytes before the payload: kind, channel, size.
    public static let headerSize = 7

    public var kind: Kind
    public var channel: UInt16
    public var payload: [UInt8]

    /// Makes a frame of any payload.
    public init(_ kind: Kind, channel: UInt16, payload: [UInt8]) {
        self.kind = kind
        self.channel = channel
        self.payload = payload
    }

    /// Makes a method frame.
    public init(_ method: WireMethod, channel: UInt16, arguments: [UInt8] = []) {
        self.init(
            .method, channel: channel,
            payload: method.classID.bigEndianBytes + method.methodID.bigEndianBytes + arguments)
    }

    /// Which method it is; `nil` for all other kinds.
    public var method: WireMethod? {
        guard kind == .method, payload.count >= 4 else { return nil }
        return WireMethod(UInt16(bigEndianBytes: payload[0..<2]), UInt16(bigEndianBytes: payload[2..<4]))
    }

    /// The arguments of a method, as bytes; empty for all other kinds.
    public var arguments: ArraySlice<UInt8> { method == nil ? [] : payload[4...] }

    /// The frame as it is sent.
    public var bytes: [UInt8] {
        [kind.rawValue] + channel.bigEndianBytes + UInt32(payload.count).bigEndianBytes + payload + [Self.endOctet]
    }
}

extension FixedWidthInteger {
    /// Its bytes in the order of the network.
    public var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }

    /// Reads a number in the order of the network.
    public init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
