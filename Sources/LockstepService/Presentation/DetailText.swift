/// One thing and what there is to say of it: for people as lines of name and value, for programs as a JSON object.
public protocol Detailed: Encodable, Sendable {
    /// What is said, from top to bottom.
    var details: [Detail] { get }
}

/// A name and a value.
public struct Detail: Sendable, Hashable {
    let name: String
    let value: String

    /// A text.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// A number.
    public init(_ name: String, _ value: Int) {
        self.init(name, NumberText.grouped(value))
    }
}

/// Lays details out, their values in one column.
public enum DetailText {
    /// The lines, each with its end; further lines of a value stand below its first one.
    public static func text(_ details: [Detail]) -> String {
        let width = (details.map(\.name.count).max() ?? 0) + 2
        let indent = "\n" + String(repeating: " ", count: width)
        return details.map { detail in
            let lines = detail.value.split(separator: "\n", omittingEmptySubsequences: false).map(printable)
            return detail.name.padded(to: width) + lines.joined(separator: indent) + "\n"
        }.joined()
    }

    /// A line without what would steer a terminal: values can come from anywhere.
    private static func printable(_ line: Substring) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
