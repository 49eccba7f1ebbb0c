/// Reads the arguments of a method, or a content header; pure.
///
/// Every read gives `nil` where the bytes end too early, and all that follow it do so, too.
public struct WireArgumentReader: Sendable {
    private var rest: ArraySlice<UInt8>

    /// Reads these bytes from their beginning.
    public init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// Whether nothing is left.
    public var isAtEnd: Bool { rest.isEmpty }

    /// Takes so many bytes.
    public mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else {
            rest = []
            return nil
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Takes a number in the order of the network.
    public mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        take(Number.bitWidth / 8).map { Number(bigEndianBytes: $0) }
    }

    /// Takes a text behind one byte of length.
    public mutating func shortString() -> String? {
        guard let length = number(UInt8.self), let text = take(Int(length)) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// Takes bytes behind four bytes of length: a long string, or a whole table.
    public mutating func longBytes() -> ArraySlice<UInt8>? {
        number(UInt32.self).flatMap { take(Int($0)) }
    }

    /// Takes a field table and gives the texts that stand in it by name; it ends at the first value of another kind
    /// than text, table and truth.
    public mutating func texts() -> [String: String]? {
        guard let table = longBytes() else { return nil }
        var fields = WireArgumentReader(table)
        var texts: [String: String] = [:]
        while let name = fields.shortString(), let kind = fields.number(UInt8.self) {
            switch kind {
            case UInt8(ascii: "S"): texts[name] = fields.longBytes().map { String(decoding: $0, as: UTF8.self) }
            case UInt8(ascii: "F"): _ = fields.longBytes()
            case UInt8(ascii: "t"): _ = fields.take(1)
            default: return texts
            }
        }
        return texts
    }
}
