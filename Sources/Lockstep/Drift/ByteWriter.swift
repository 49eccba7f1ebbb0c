/// Writes the parts of questions and answers about drift.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func begin(_ format: UInt8, _ kind: UInt8, _ count: Int) {
        bytes.append(format)
        bytes.append(kind)
        append(count)
    }

    /// A number from 0, as LEB128.
    mutating func append(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ prefix: DriftPrefix) {
        append(prefix.depth)
        append(prefix.bits)
    }

    mutating func append(_ digest: DriftDigest) {
        append(max(0, digest.count))
        append(digest.low)
        append(digest.high)
    }

    mutating func append(_ listing: DriftListing) {
        append(listing.whole)
        append(listing.entries.count)
        for entry in listing.entries {
            append(entry.place.bits)
            append(entry.digest)
        }
    }

    mutating func append(_ state: RecordState) {
        append(state.record.subject.text)
        let encoded = state.record.encoded()
        append(encoded.count)
        bytes.append(contentsOf: encoded)
        append(state.routes.map { $0.count + 1 } ?? 0)
        for route in state.routes ?? [] { append(route) }
    }
}
