import Lockstep

/// What a batch changes of the digests, by the first three digits of the records' places; pure.
struct DigestChanges {
    private(set) var byBucket: [UInt64: DriftDigest] = [:]

    /// Notes that a record is stored anew.
    ///
    /// - Parameter old: Of what was there before; nil: nothing was.
    mutating func insert(_ subject: Subject, from old: DriftDigest?, to new: DriftDigest) {
        guard old != new else { return }
        let bucket = DriftPlace(of: subject).bits >> 48
        if let old { byBucket[bucket, default: DriftDigest()] -= old }
        byBucket[bucket, default: DriftDigest()] += new
    }
}
