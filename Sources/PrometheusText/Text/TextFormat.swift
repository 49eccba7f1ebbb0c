/// Prometheus's text-based exposition format, version 0.0.4, as it is written line by line.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct TextFormat {
    /// The media type of the text.
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// The lines before a metric's samples.
    mutating func head(_ name: String, _ help: String?, _ type: String) {
        if let help {
            text += "# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n"
        }
        text += "# TYPE \(name) \(type)\n"
    }

    /// One sample.
    mutating func sample(_ name: String, _ labels: LabelSet, adding label: String? = nil, _ value: Double) {
        text += "\(name)\(labels.text(adding: label)) \(Self.number(value))\n"
    }

    /// A number as Go reads it: whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }
}

extension PrometheusRegistry {
    /// The media type of ``text()``, for the header `Content-Type`.
    public static let mediaType = TextFormat.mediaType
}
