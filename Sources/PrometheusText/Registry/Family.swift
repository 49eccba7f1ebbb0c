/// A metric: its name and all of its series.
struct Family {
    /// What a metric is, for swift-metrics and for Prometheus.
    enum Kind {
        case counter, gauge, histogram
        /// A histogram of seconds.
        case timer
    }

    let name: String
    let kind: Kind
    let help: String?
    var series: [LabelSet: any Series] = [:]

    init(name: String, kind: Kind, help: String?) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    func write(to text: inout TextFormat) {
        guard !series.isEmpty else { return }
        text.head(name, help, kind.type)
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) { series.write(name, labels, to: &text) }
    }
}

extension Family.Kind {
    /// The word of the `TYPE` line.
    var type: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .timer: "histogram"
        }
    }

    /// The name by which a metric of this kind is exposed.
    func name(for label: String) -> String {
        let name = MetricName.sanitized(label, allowingColons: true)
        let suffix: String? =
            switch self {
            case .counter: "_total"
            case .timer: "_seconds"
            case .gauge, .histogram: nil
            }
        guard let suffix, !name.hasSuffix(suffix) else { return name }
        return name + suffix
    }

    /// All names under which it writes samples.
    func sampleNames(of name: String) -> [String] {
        switch self {
        case .counter, .gauge: [name]
        case .histogram, .timer: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }
}
