import Lockstep

extension SettingReader {
    /// Reads `order`.
    mutating func order(_ setting: Setting) -> DeliveryOrder? {
        choice(setting, among: [("arrival", DeliveryOrder.arrival), ("record", .record)])
    }

    /// Reads `rate` and `concurrency` of an office's block.
    mutating func pace(_ section: SettingSection<OfficeKey>) -> DeliveryPace? {
        let standard = DeliveryPace.unlimited
        let rate = section[.rate].map { integer($0, in: 1...100_000) }
        let concurrency = read(section[.concurrency], or: standard.concurrency) { $0.integer($1, in: 1...100) }
        // A rate that is there and cannot be read is a mistake; one that is not there is none.
        guard rate != .some(nil), let concurrency else { return nil }
        return DeliveryPace(rate: rate ?? nil, concurrency: concurrency)
    }
}
