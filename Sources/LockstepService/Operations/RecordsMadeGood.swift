import Lockstep

/// Which changes came to which office with a record as a whole, after `lockstep reconcile` or `bootstrap` had found that
/// they were missing: pure.
struct RecordsMadeGood {
    private var given: [OfficeName: (version: Version, at: Timestamp)] = [:]

    /// - Parameter entries: What the ledger knows of one record.
    init(_ entries: [LedgerEntry]) {
        guard let subject = entries.first?.subject else { return }
        let record = ReportedRecord(subject: subject, entries: entries)
        for entry in entries where record.isWhole(entry) {
            for (office, state) in entry.deliveries {
                guard case .done(let done) = state.word, given[office].map({ $0.version < entry.version }) ?? true
                else { continue }
                given[office] = (entry.version, done.at)
            }
        }
    }

    /// When an office got a change with the whole record; nil: not in that way.
    func moment(_ version: Version, in office: OfficeName) -> Timestamp? {
        given[office].flatMap { version <= $0.version ? $0.at : nil }
    }
}
