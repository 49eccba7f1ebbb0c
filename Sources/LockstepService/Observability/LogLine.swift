import Lockstep
import Logging

/// Writes one event of the log as a line.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
    /// The logger's name.
    let label: String

    /// For people: `2024-04-01T08:30:00.120Z info  Ready  office=ward-3 queue="a b"`.
    ///
    /// Metadata by key, with quotes where a value has blanks, quotes or control characters; always one line.
    var text: String {
        var line = "\(time.rfc3339) \(level.rawValue.padded(to: 8)) \(message)"
        for (index, entry) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
            line += (index == 0 ? "  " : " ") + entry.key + "=" + Self.quoted(entry.value.description)
        }
        return Self.escaped(line)
    }

    /// For programs: one JSON object with `time`, `level`, `logger`, `message` and the metadata as strings in
    /// `metadata`.
    var json: String {
        let values = metadata.sorted { $0.key < $1.key }
            .map { "\(JSONText(string: $0.key).text):\(JSONText(string: $0.value.description).text)" }
        return Self.escaped(
            "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\","
                + "\"logger\":\(JSONText(string: label).text),\"message\":\(JSONText(string: message).text),"
                + "\"metadata\":{\(values.joined(separator: ","))}}"
        )
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0.value != 0x7F }
        return isPlain ? value : JSONText(string: value).text
    }

    /// The line without anything that begins another one or talks to a terminal: such characters become `\u001b`, as
    /// in JSON, where they only ever stand in strings.
    private static func escaped(_ line: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                escaped.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

extension String {
    /// The text with blanks after it up to a width in characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text with blanks before it up to a width in characters.
    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
