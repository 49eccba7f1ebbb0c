extension Record {
    /// The record without what matters only to changes older than the horizon.
    ///
    /// Sound where all replicas have taken in the same changes older than the horizon, and none takes in another such
    /// change afterwards. Then it makes no difference whether, when and how often a replica compacts its record: for
    /// every change that is not older than the horizon,
    ///
    /// ```text
    /// r.compacted(before: h) + change, compacted(before: h)  =  r + change, compacted(before: h)
    /// r.compacted(before: g).compacted(before: h)            =  r.compacted(before: h)    for g ≤ h
    /// ```
    ///
    /// so that all records are the same bytes once all are compacted to the same horizon.
    ///
    /// - What was taken in or seen before the horizon goes from contexts and floor: it says only which older changes are
    ///   superseded, and none comes any more. Origins that are gone, and the sides of conflicts that were settled, leave
    ///   nothing behind.
    /// - A removal older than the horizon goes unless it contradicts a content that is older still. With it the field goes;
    ///   and where it is a `delete`, the record is one that nobody has heard of (``isForgotten``).
    /// - Concurrent values older than the horizon stay until a change that has seen them replaces them: which of them
    ///   shows is the policy's business, and an open conflict does not settle by itself.
    ///
    /// What shows is the same as before, but for a policy that shows a removal older than the horizon rather than a newer
    /// content whose origin had not seen it: the removal no longer counts.
    public func compacted(before horizon: ClockReading) -> Record {
        var record = self
        record.forgetKinds(before: horizon)
        record.existence = existence.compacted(before: horizon)
        record.fields = fields.compactMap { field in
            let register = field.register.compacted(before: horizon)
            return register.isUnheardOf ? nil : Field(name: field.name, register: register)
        }
        record.floor = floor.compacted(before: horizon)
        return record
    }

    /// Whether nothing is left of the record, so that a replica need not keep it.
    public var isForgotten: Bool {
        existence.isUnheardOf && fields.isEmpty && floor.isEmpty && kinds.isEmpty && newestDelete.bits == 0
    }

    /// Forgets the types of a former life: those of events older than both the horizon and the newest `delete`.
    private mutating func forgetKinds(before horizon: ClockReading) {
        kinds.removeAll { $0.newest < horizon && $0.newest <= newestDelete }
        if newestDelete < horizon { newestDelete = ClockReading(0) }
    }
}

extension Register {
    /// Whether it is as if nobody had written to it.
    fileprivate var isUnheardOf: Bool { self == Register() }

    /// See ``Record/compacted(before:)``.
    fileprivate func compacted(before horizon: ClockReading) -> Register {
        if let only, only.content != nil { return self }
        let oldest = values.first { $0.content != nil }?.version
        let kept = values.filter { value in
            value.content != nil || value.version.reading >= horizon || oldest.map { $0 < value.version } ?? false
        }
        var context = context.compacted(before: horizon)
        for value in kept { context.insert(value.version) }
        return Register(values: kept, context: context)
    }
}

extension VersionVector {
    /// Without the readings that are older than the horizon.
    fileprivate func compacted(before horizon: ClockReading) -> VersionVector {
        var left = VersionVector()
        for entry in entries where entry.reading >= horizon {
            left.insert(Version(reading: entry.reading, origin: entry.origin))
        }
        return left
    }
}
