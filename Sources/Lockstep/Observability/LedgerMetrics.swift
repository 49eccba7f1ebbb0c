import Metrics

/// What a ledger records of the reports that it has taken in: once for each batch.
struct LedgerMetrics: Sendable {
    private let receipts = Counter(label: "lockstep_ledger_reports_total", dimensions: [("kind", "receipts")])
    private let publications = Counter(label: "lockstep_ledger_reports_total", dimensions: [("kind", "publications")])
    private let failures = Counter(label: "lockstep_ledger_store_failures_total")

    /// Reports are in the ledger for good.
    func took(_ reports: [LedgerReport]) {
        let receiptCount = reports.count { if case .receipts = $0 { true } else { false } }
        if receiptCount > 0 { receipts.increment(by: receiptCount) }
        if receiptCount < reports.count { publications.increment(by: reports.count - receiptCount) }
    }

    /// The ledger could not be written.
    func failed() {
        failures.increment()
    }
}
