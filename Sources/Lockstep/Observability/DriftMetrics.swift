import Metrics

/// What comparing an office with the core records.
public struct DriftMetrics: Sendable {
    private let office: OfficeName
    private let repaired: Counter
    private let compared: Counter
    private let failed: Counter

    /// The metrics of an office.
    public init(office: OfficeName) {
        self.office = office
        repaired = Counter(label: "lockstep_drift_repaired_total", dimensions: [("office", office.text)])
        compared = Counter(
            label: "lockstep_drift_comparisons_total", dimensions: [("office", office.text), ("result", "done")])
        failed = Counter(
            label: "lockstep_drift_comparisons_total", dimensions: [("office", office.text), ("result", "failed")])
    }

    /// States of records were sent for so many records.
    public func repaired(_ count: Int) {
        repaired.increment(by: count)
    }

    /// A comparison came to its end.
    public func compared(_ summary: DriftComparison.Summary) {
        compared.increment()
        for (kind, count) in summary.findings {
            Counter(
                label: "lockstep_drift_found_total", dimensions: [("office", office.text), ("kind", kind.rawValue)]
            ).increment(by: count)
        }
    }

    /// A comparison could not be made.
    public func comparisonFailed() {
        failed.increment()
    }
}
