import Lockstep

/// Sixteen digests in a row: of each count, lower and upper sum, eight bytes each, least significant first.
///
/// Kept as the bytes that they are: a batch of scattered records adds to many rows.
struct DigestRow {
    private static let width = 24
    private static let size = DriftPrefix.fanOut * width

    private(set) var bytes: [UInt8]

    /// Reads a row; anything but a whole one holds nothing.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes.count == Self.size ? bytes : [UInt8](repeating: 0, count: Self.size)
    }

    var digests: [DriftDigest] {
        bytes.withUnsafeBytes { bytes in
            (0..<DriftPrefix.fanOut).map { index in
                func word(_ number: Int) -> UInt64 {
                    UInt64(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: index * Self.width + number * 8, as: UInt64.self))
                }
                return DriftDigest(count: Int(truncatingIfNeeded: word(0)), low: word(1), high: word(2))
            }
        }
    }

    mutating func add(_ change: DriftDigest, to index: Int) {
        bytes.withUnsafeMutableBytes { bytes in
            var offset = index * Self.width
            for word in [UInt64(bitPattern: Int64(change.count)), change.low, change.high] {
                let sum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &+ word
                bytes.storeBytes(of: sum.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
        }
    }
}
