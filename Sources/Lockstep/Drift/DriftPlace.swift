/// Where a record stands in the digest tree: 60 bits of a hash of its subject, 15 hexadecimal digits.
public struct DriftPlace: Sendable, Hashable, Comparable {
    /// How many digits a place has: the tree's depth.
    public static let digits = 15

    /// The lower 60 bits.
    public let bits: UInt64

    /// A place by its bits; the upper four are dropped.
    public init(bits: UInt64) {
        self.bits = bits & 0x0FFF_FFFF_FFFF_FFFF
    }

    /// The place of a record.
    public init(of subject: Subject) {
        var hash = SipHash(key0: 0x6C6F_636B_7374_6570, key1: 0x706C_6163_6500_0001)
        DriftDigest.combine(subject, into: &hash)
        self.init(bits: hash.finish().low)
    }

    public static func < (left: DriftPlace, right: DriftPlace) -> Bool { left.bits < right.bits }
}
