extension Version {
    /// The version of an event whose publisher gave it none: the same wherever it is derived.
    ///
    /// 48 bits of milliseconds; then 10 bits for the microseconds within them, so that one publisher's quick changes
    /// keep their order; then 6 bits of a hash of source and id, so that changes of the same moment mostly differ.
    /// - Throws: ``LockstepError`` with the code `invalidEvent` for a time before 1970 or after the year 10889.
    public init(derivedFrom time: Timestamp, source: Origin, id: EventID) throws(LockstepError) {
        let fraction = UInt16(truncatingIfNeeded: time.microseconds - time.milliseconds * 1000)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
        for byte in source.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = hash &* 0x100_0000_01B3
        for byte in id.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let folded = UInt16(truncatingIfNeeded: hash ^ hash >> 32 ^ hash >> 48) & 0x3F
        guard let reading = ClockReading(at: time, counter: fraction << 6 | folded) else {
            throw LockstepError(.invalidEvent, "the attribute 'time' lies before 1970 or after the year 10889")
        }
        self.init(reading: reading, origin: source)
    }
}
