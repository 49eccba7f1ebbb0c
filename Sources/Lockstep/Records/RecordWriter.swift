/// Writes the parts of a record's canonical serialization.
struct RecordWriter {
    /// The first byte; other layouts get other numbers.
    static let format: UInt8 = 1

    private(set) var bytes: [UInt8]
    private let origins: [Origin]

    init(origins: [Origin]) {
        self.origins = origins
        bytes = [Self.format]
        bytes.reserveCapacity(512)
        append(origins.count)
        for origin in origins { append(origin.text) }
    }

    mutating func append(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        appendBytes(of: text)
    }

    private mutating func appendBytes(of text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ version: Version) {
        guard let index = origins.firstIndex(of: version.origin) else {
            preconditionFailure("every origin of a record is collected before the record is written")
        }
        append(index)
        withUnsafeBytes(of: version.reading.bits.bigEndian) { bytes.append(contentsOf: $0) }
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
