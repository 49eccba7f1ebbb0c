/// Builds the arguments of a method, or a content header, byte by byte (AMQP 0-9-1, section 4.2.5).
///
/// Nothing is checked: a test may want what no broker sends.
///
/// ```swift
/// let close = WireArguments().short(320).shortString("bye").short(0).short(0).bytes
/// ```
public struct WireArguments: Sendable, Hashable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]

    /// Begins with nothing, or with bytes that are there already.
    public init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Adds bytes as they are.
    public func raw(_ more: some Sequence<UInt8>) -> WireArguments { WireArguments(bytes + more) }

    /// Adds one byte, which may stand for up to eight flags.
    public func octet(_ value: UInt8) -> WireArguments { raw([value]) }

    /// Adds 2 bytes.
    public func short(_ value: UInt16) -> WireArguments { raw(value.bigEndianBytes) }

    /// Adds 4 bytes.
    public func long(_ value: UInt32) -> WireArguments { raw(value.bigEndianBytes) }

    /// Adds 8 bytes, such as a delivery tag.
    public func longLong(_ value: UInt64) -> WireArguments { raw(value.bigEndianBytes) }

    /// Adds a text behind one byte of length; of a text over 255 bytes only the beginning is taken.
    public func shortString(_ text: String) -> WireArguments {
        let text = text.utf8.prefix(255)
        return octet(UInt8(text.count)).raw(text)
    }

    /// Adds a text behind four bytes of length.
    public func longString(_ text: String) -> WireArguments { longBytes(Array(text.utf8)) }

    /// Adds bytes behind four bytes of length.
    public func longBytes(_ more: [UInt8]) -> WireArguments { long(UInt32(more.count)).raw(more) }

    /// Adds a field table.
    public func table(_ fields: [(String, WireField)]) -> WireArguments {
        longBytes(fields.reduce(WireArguments()) { $0.shortString($1.0).field($1.1) }.bytes)
    }

    /// Adds a value as it stands in a table: its kind, then itself.
    public func field(_ field: WireField) -> WireArguments {
        switch field {
        case .bool(let value): octet(UInt8(ascii: "t")).octet(value ? 1 : 0)
        case .text(let text): octet(UInt8(ascii: "S")).longString(text)
        case .table(let fields): octet(UInt8(ascii: "F")).table(fields)
        case .raw(let kind, let bytes): octet(kind).raw(bytes)
        }
    }
}

/// A value in a field table, as far as a scripted broker needs them.
public indirect enum WireField: Sendable {
    /// Truth, as one byte.
    case bool(Bool)
    /// A long string.
    case text(String)
    /// Another table.
    case table([(String, WireField)])
    /// Anything, right or wrong: the letter of its kind and the bytes that follow.
    case raw(kind: UInt8, [UInt8])
}
