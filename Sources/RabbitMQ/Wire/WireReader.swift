/// Reads AMQP's values one after the other, never past the end of what it was given; pure.
///
/// For the time of a call: the bytes belong to somebody else.
struct WireReader {
    /// The bytes end inside a value, or say what nobody knows.
    struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    var rest: Int { bytes.count - position }

    @inline(__always)
    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(Malformed) -> Value {
        let size = MemoryLayout<Value>.size
        guard rest >= size else { throw Malformed() }
        defer { position += size }
        return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    mutating func octet() throws(Malformed) -> UInt8 { try integer(UInt8.self) }
    mutating func short() throws(Malformed) -> UInt16 { try integer(UInt16.self) }
    mutating func long() throws(Malformed) -> UInt32 { try integer(UInt32.self) }
    mutating func longLong() throws(Malformed) -> UInt64 { try integer(UInt64.self) }

    /// The next `count` bytes.
    @inline(__always)
    mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        guard count <= rest else { throw Malformed() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// A short string's bytes: one byte of length before them.
    @inline(__always)
    mutating func shortBytes() throws(Malformed) -> UnsafeRawBufferPointer { try take(Int(octet())) }

    /// A long string's, table's or array's bytes: four bytes of length before them.
    @inline(__always)
    mutating func longBytes() throws(Malformed) -> UnsafeRawBufferPointer { try take(Int(long())) }

    /// A short string that the broker wrote, or a name that it checked; what is not UTF-8 is repaired.
    mutating func shortString() throws(Malformed) -> String {
        String(decoding: try shortBytes(), as: UTF8.self)
    }
}
