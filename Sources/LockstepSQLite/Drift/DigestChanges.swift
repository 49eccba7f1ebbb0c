import Lockstep

/// What a batch changes of the digests, by the first three digits of the records' places; pure.
struct DigestChanges {
    private(set) var byBucket: [UInt64: DriftDigest] = [:]

    /// Notes that a record is stored anew; `old` is empty where it had not been there.
    mutating func insert(_ subject: Subject, from old: [UInt8], to new: [UInt8]) {
        guard old != new else { return }
        let bucket = DriftPlace(of: subject).bits >> 48
        var change = byBucket[bucket] ?? DriftDigest()
        if !old.isEmpty { change -= DriftDigest(of: subject, encoded: old) }
        change += DriftDigest(of: subject, encoded: new)
        byBucket[bucket] = change
    }
}
