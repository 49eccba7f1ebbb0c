import CoreMetrics
import Synchronization

/// Keeps what a process records through swift-metrics, and writes it in Prometheus's text format, version 0.0.4.
///
/// ```swift
/// let registry = PrometheusRegistry([MetricDescription("permits_issued_total", "Permits issued.")])
/// MetricsSystem.bootstrap(registry)
/// Counter(label: "permits_issued_total").increment()
/// print(registry.text())
/// ```
///
/// Counters become counters and end in `_total`; meters and recorders that do not aggregate become gauges; recorders that
/// do, histograms; timers, histograms in seconds that end in `_seconds`. Characters that Prometheus does not allow in a
/// name become `_`.
///
/// A metric has ``seriesLimit`` combinations of label values at most: what comes beyond is counted in
/// `prometheus_registry_dropped_series_total` and shown nowhere. So is a metric whose name another one of another kind
/// has already.
public final class PrometheusRegistry: Sendable {
    private struct State {
        var families: [String: Family] = [:]
        /// Which family a sample's name belongs to: a histogram writes under three more names than its own.
        var owners: [String: String] = [:]
        var dropped: UInt64 = 0
    }

    /// The metric that counts what is not shown.
    static let droppedSeries = "prometheus_registry_dropped_series_total"

    /// How many combinations of label values one metric may have.
    public let seriesLimit: Int
    private let descriptions: [String: MetricDescription]
    private let state = Mutex(State())

    /// A registry in which nothing is recorded.
    ///
    /// - Parameter descriptions: Of metrics that may come; others have no `HELP` line.
    public init(_ descriptions: [MetricDescription] = [], seriesLimit: Int = 1_000) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { _, last in last }
        self.seriesLimit = seriesLimit
    }

    /// All that is recorded: metrics by name, and each one's series by their labels, so that the order is always the same.
    public func text() -> String {
        let (families, dropped) = state.withLock { (Array($0.families.values), $0.dropped) }
        var text = TextFormat()
        var isNoted = false
        for family in families.sorted(by: { $0.name < $1.name }) {
            if !isNoted, family.name > Self.droppedSeries {
                write(dropped, to: &text)
                isNoted = true
            }
            family.write(to: &text)
        }
        if !isNoted { write(dropped, to: &text) }
        return text.text
    }

    private func write(_ dropped: UInt64, to text: inout TextFormat) {
        text.head(Self.droppedSeries, "Series that are not shown: too many of one metric, or a name in use.", "counter")
        text.sample(Self.droppedSeries, LabelSet(), Double(dropped))
    }

    /// The series of a metric's labels; one that is not shown where there is no room for it.
    func series<S: Series>(_ kind: Family.Kind, _ label: String, _ dimensions: [(String, String)]) -> S {
        let name = kind.name(for: label)
        let labels = LabelSet(dimensions, of: kind)
        let description = descriptions[name]
        let buckets = description?.buckets ?? MetricDescription.defaultBuckets
        return state.withLock { state in
            if state.families[name] == nil {
                let names = kind.sampleNames(of: name)
                guard name != Self.droppedSeries, names.allSatisfy({ state.owners[$0] == nil }) else {
                    state.dropped += 1
                    return S(buckets: buckets)
                }
                for sample in names { state.owners[sample] = name }
                state.families[name] = Family(name: name, kind: kind, help: description?.help)
            }
            guard let family = state.families[name], family.kind == kind else {
                state.dropped += 1
                return S(buckets: buckets)
            }
            if let known = family.series[labels] as? S { return known }
            let new = S(buckets: buckets)
            guard family.series.count < seriesLimit else {
                state.dropped += 1
                return new
            }
            state.families[name]?.series[labels] = new
            return new
        }
    }

    /// Forgets a series.
    func forget(_ series: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === series })?.key else { continue }
                state.families[name]?.series[labels] = nil
                return
            }
        }
    }
}
