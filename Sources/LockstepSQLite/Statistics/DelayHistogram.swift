/// How long events took, counted in buckets whose width grows with the delay.
///
/// Delays up to 31 ms have a bucket for each millisecond; above, every power of two is cut into sixteen, so that a
/// bucket's middle is at most 3.2 % away from any delay in it. Some eight hundred buckets reach as far as a delay can.
public struct DelayHistogram: Sendable, Hashable {
    /// How many delays each bucket holds, by its number.
    public private(set) var counts: [Int: Int] = [:]

    /// A histogram without delays.
    public init() {}

    /// A histogram of buckets that were counted before.
    init(counts: [Int: Int]) {
        self.counts = counts
    }

    /// How many delays there are.
    public var total: Int { counts.values.reduce(0, +) }

    /// Counts one delay in milliseconds.
    ///
    /// A negative one, from clocks that do not agree, counts as none.
    public mutating func insert(milliseconds: Int64) {
        counts[Self.bucket(of: milliseconds), default: 0] += 1
    }

    /// The delay that this share of all delays does not exceed; nil if there are none.
    ///
    /// - Parameter share: From 0 to 1: 0.5 is the median.
    public func percentile(_ share: Double) -> Duration? {
        let total = total
        guard total > 0 else { return nil }
        let rank = min(max(Int((share * Double(total)).rounded(.up)), 1), total)
        var passed = 0
        for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) {
            passed += count
            if passed >= rank { return .milliseconds(Self.middle(of: bucket)) }
        }
        preconditionFailure("the buckets together hold the total")
    }

    /// Which bucket a delay falls into.
    static func bucket(of milliseconds: Int64) -> Int {
        guard milliseconds >= 32 else { return Int(max(milliseconds, 0)) }
        let shift = 59 - milliseconds.leadingZeroBitCount
        return shift << 4 + Int(milliseconds >> Int64(shift))
    }

    /// What stands for the delays of a bucket.
    static func middle(of bucket: Int) -> Int64 {
        guard bucket >= 32 else { return Int64(bucket) }
        let shift = Int64(bucket >> 4 - 1)
        return (Int64(bucket & 15 + 16) << shift) + (1 << shift) / 2
    }
}
