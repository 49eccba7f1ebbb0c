/// Writes the parts of a record's canonical serialization into memory that is large enough.
///
/// A replica does this for every record that an event changed, so it appends to no array.
struct RecordWriter: ~Copyable {
    /// The first byte; other layouts get other numbers.
    static let format: UInt8 = 2
    /// The most bytes that a number takes.
    static let longestNumber = 10

    /// How many bytes have been written.
    private(set) var count = 0
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let origins: [Origin]

    /// A writer at the start of uninitialized memory, see ``size(of:)``.
    init(into bytes: UnsafeMutableBufferPointer<UInt8>, origins: [Origin]) {
        self.bytes = bytes
        self.origins = origins
        append(byte: Self.format)
        append(origins.count)
        for origin in origins { append(origin.text) }
    }

    private mutating func append(byte: UInt8) {
        precondition(count < bytes.count, "the memory was measured too small")
        bytes.initializeElement(at: count, to: byte)
        count += 1
    }

    mutating func append(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            append(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(byte: UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        appendBytes(of: text)
    }

    private mutating func appendBytes(of text: String) {
        var text = text
        text.withUTF8 { utf8 in
            precondition(utf8.count <= bytes.count - count, "the memory was measured too small")
            guard let source = utf8.baseAddress, let target = bytes.baseAddress else { return }
            (target + count).initialize(from: source, count: utf8.count)
            count += utf8.count
        }
    }

    mutating func append(_ version: Version) {
        guard let index = origins.firstIndex(of: version.origin) else {
            preconditionFailure("every origin of a record is collected before the record is written")
        }
        append(index)
        append(version.reading)
    }

    mutating func append(_ reading: ClockReading) {
        let rest = UnsafeMutableRawBufferPointer(bytes)[count...]
        precondition(rest.count >= 8, "the memory was measured too small")
        UnsafeMutableRawBufferPointer(rebasing: rest).storeBytes(of: reading.bits.bigEndian, as: UInt64.self)
        count += 8
    }

    mutating func append(_ vector: VersionVector) {
        append(vector.entries.count)
        for entry in vector.entries { append(Version(reading: entry.reading, origin: entry.origin)) }
    }

    /// A register's context is mostly just the versions of its values; then it is not written again.
    mutating func append(_ register: Register) {
        if let only = register.only {
            append(1)
            append(only)
            append(0)
            return
        }
        append(register.values.count)
        for value in register.values { append(value) }
        if register.knowsOnlyItsValues {
            append(0)
        } else {
            append(1)
            append(register.context)
        }
    }

    private mutating func append(_ value: Register.Value) {
        append(value.version)
        append((value.content?.text.utf8.count).map { $0 + 1 } ?? 0)
        if let content = value.content { appendBytes(of: content.text) }
    }
}
