/// What a set of records holds: how many they are, and the sum of their hashes.
///
/// A sum of 128-bit hashes, in two lanes of 64 bits each, does not depend on the records' order, and one record's change
/// is one subtraction and one addition. Unlike an exclusive or, a sum does not cancel out where the same hash comes
/// twice. The hashes must be well spread for that: see `SipHash`.
public struct DriftDigest: Sendable, Hashable {
    /// How many records.
    public var count: Int
    /// The lower 64 bits' sum.
    public var low: UInt64
    /// The upper 64 bits' sum.
    public var high: UInt64

    /// A digest.
    public init(count: Int = 0, low: UInt64 = 0, high: UInt64 = 0) {
        self.count = count
        self.low = low
        self.high = high
    }

    /// The digest of one record: of its name and its canonical serialization (``Record/encoded()``), so that the same
    /// version with other contents is another digest.
    public init(of subject: Subject, encoded: [UInt8]) {
        var hash = SipHash(key0: 0x6C6F_636B_7374_6570, key1: 0x7265_636F_7264_7331)
        Self.combine(subject, into: &hash)
        // No subject has a control character.
        hash.combine(0)
        encoded.withUnsafeBytes { hash.combine($0) }
        (low, high) = hash.finish()
        count = 1
    }

    static func combine(_ subject: Subject, into hash: inout SipHash) {
        var text = subject.text
        text.withUTF8 { hash.combine(UnsafeRawBufferPointer($0)) }
    }

    public static func += (left: inout DriftDigest, right: DriftDigest) {
        left.count += right.count
        left.low &+= right.low
        left.high &+= right.high
    }

    public static func -= (left: inout DriftDigest, right: DriftDigest) {
        left.count -= right.count
        left.low &-= right.low
        left.high &-= right.high
    }
}
