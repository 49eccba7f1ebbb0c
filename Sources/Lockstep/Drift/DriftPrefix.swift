/// A node of the digest tree: all places that begin with the same digits.
public struct DriftPrefix: Sendable, Hashable {
    /// Children of a node.
    public static let fanOut = 16

    /// How many digits are given; 0 is the root.
    public let depth: Int
    /// The digits given, as the lower 4 × ``depth`` bits.
    public let bits: UInt64

    /// The whole tree.
    public static let root = DriftPrefix(depth: 0, bits: 0)

    /// A node.
    ///
    /// - Precondition: `depth` is 0 to ``DriftPlace/digits``, and `bits` has no more than that many digits.
    public init(depth: Int, bits: UInt64) {
        precondition((0...DriftPlace.digits).contains(depth) && bits >> UInt64(4 * depth) == 0, "no node of the tree")
        self.depth = depth
        self.bits = bits
    }

    /// The children, in order; none of a node that is a single place.
    public var children: [DriftPrefix] {
        guard depth < DriftPlace.digits else { return [] }
        return (0..<UInt64(Self.fanOut)).map { DriftPrefix(depth: depth + 1, bits: bits << 4 | $0) }
    }

    /// The node's places.
    public var places: ClosedRange<DriftPlace> {
        let shift = UInt64(4 * (DriftPlace.digits - depth))
        return DriftPlace(bits: bits << shift)...DriftPlace(bits: bits << shift | (1 << shift - 1))
    }
}
