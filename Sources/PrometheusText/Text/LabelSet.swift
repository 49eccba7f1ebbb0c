/// The labels of a series, by name and ready to be written; what tells it from the others of its metric.
struct LabelSet: Hashable, Comparable {
    /// `name="value"` and so on, in the order of the names.
    let pairs: [String]

    /// No labels.
    init() {
        pairs = []
    }

    /// swift-metrics' dimensions as labels; of several with the same name the last one counts.
    init(_ dimensions: [(String, String)], of kind: Family.Kind) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[Self.name(name, kind)] = value }
        pairs = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
    }

    /// `{…}`, with one more label at the end; nothing where there is none.
    func text(adding more: String? = nil) -> String {
        let all = more.map { pairs + [$0] } ?? pairs
        return all.isEmpty ? "" : "{\(all.joined(separator: ","))}"
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool { left.pairs.lexicographicallyPrecedes(right.pairs) }

    private static func name(_ text: String, _ kind: Family.Kind) -> String {
        var name = MetricName.sanitized(text, allowingColons: false)
        // Two underscores are Prometheus's own, and so is the label of a histogram's buckets.
        while name.hasPrefix("__") { name.removeFirst() }
        return kind.type == "histogram" && name == "le" ? "exported_le" : name
    }

    /// Exposition formats, "text format details": backslash, quotation mark and line feed are escaped.
    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
