/// The names that Prometheus allows: `[a-zA-Z_:][a-zA-Z0-9_:]*` for metrics, without the colon for labels.
enum MetricName {
    /// The nearest name that is allowed.
    static func sanitized(_ text: String, allowingColons: Bool) -> String {
        var name = String(
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
                case ":" where allowingColons: ":"
                default: "_"
                }
            }
        )
        if name.first?.isNumber ?? true { name = "_" + name }
        return name
    }
}
