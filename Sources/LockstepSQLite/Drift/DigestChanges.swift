import Lockstep

/// What a batch changes of the digests, by the first three digits of the records' places; pure.
///
/// As bytes, each change is 20 of them, least significant first: the three digits (2), how many records more there are
/// (2), and what the lower and the upper sum grow by (8 each). Those of a batch of 200 records fit into a page.
struct DigestChanges {
    private static let width = 20

    private(set) var changes: [(bucket: UInt16, digest: DriftDigest)] = []

    /// No changes.
    init() {}

    /// Whether nothing changes.
    var isEmpty: Bool { changes.isEmpty }

    /// Notes that a record is stored anew.
    ///
    /// - Parameter old: Of what was there before; nil: nothing was.
    mutating func insert(_ subject: Subject, from old: DriftDigest?, to new: DriftDigest) {
        guard old != new else { return }
        var change = new
        if let old { change -= old }
        changes.append((UInt16(truncatingIfNeeded: DriftPlace(of: subject).bits >> 48), change))
    }
}

extension DigestChanges {
    /// Reads ``bytes``; what is not whole at their end counts for nothing.
    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            func read<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
                Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
            }
            for start in stride(from: 0, through: bytes.count - Self.width, by: Self.width) {
                let digest = DriftDigest(
                    count: Int(read(start + 2, as: Int16.self)), low: read(start + 4, as: UInt64.self),
                    high: read(start + 12, as: UInt64.self))
                changes.append((read(start, as: UInt16.self), digest))
            }
        }
    }

    /// The changes as they are kept.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: changes.count * Self.width) { memory, count in
            let bytes = UnsafeMutableRawBufferPointer(memory)
            for (bucket, digest) in changes {
                bytes.storeBytes(of: bucket.littleEndian, toByteOffset: count, as: UInt16.self)
                bytes.storeBytes(of: Int16(digest.count).littleEndian, toByteOffset: count + 2, as: Int16.self)
                bytes.storeBytes(of: digest.low.littleEndian, toByteOffset: count + 4, as: UInt64.self)
                bytes.storeBytes(of: digest.high.littleEndian, toByteOffset: count + 12, as: UInt64.self)
                count += Self.width
            }
        }
    }
}
