/// A text with places for a record's fields, like `{WORKDESC}: {SUBDESC}`.
///
/// `{{` and `}}` stand for the braces themselves.
public struct Template: Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case text(String)
        case field(String)
    }

    /// The template as it was written.
    public let text: String
    private let parts: [Part]

    /// Takes a template apart.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidConfiguration`: a brace without its other half, or an empty
    ///   name between braces.
    public init(_ text: String) throws(LockstepError) {
        self.text = text
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                rest.removeFirst()
                plain.append(character)
            case "{":
                guard let end = rest.firstIndex(of: "}"), end > rest.startIndex, !rest[..<end].contains("{") else {
                    throw Self.malformed
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.field(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            case "}": throw Self.malformed
            default: plain.append(character)
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    /// The names of the fields that it has places for, in their order.
    public var fieldNames: [String] {
        parts.compactMap { if case .field(let name) = $0 { name } else { nil } }
    }

    private static var malformed: LockstepError {
        LockstepError(
            .invalidConfiguration,
            "not a template; fields stand as '{NAME}', and a brace itself is written twice: '{{' or '}}'"
        )
    }

    /// The text with a record's fields in their places; a field that is not there leaves its place empty.
    ///
    /// Runs of blanks become one, blanks at the ends go: registers of other systems pad their columns.
    public func fill(from data: JSONObject) -> String {
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .field(let name):
                guard let value = data[name], !value.isNull else { continue }
                filled += value.displayText
            }
        }
        return Self.collapsingBlanks(in: filled)
    }

    /// The text with one blank between words, and none around them.
    private static func collapsingBlanks(in text: String) -> String {
        var text = text
        // Most text is ASCII, where a blank is a byte: finding the borders of characters costs as much as a merge.
        let collapsed = text.withUTF8 { bytes -> String? in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: bytes.count) { target in
                var count = 0
                var isBetweenWords = false
                for byte in bytes {
                    if byte == 0x20 || (0x09...0x0D).contains(byte) {
                        isBetweenWords = count > 0
                        continue
                    }
                    if isBetweenWords {
                        target[count] = 0x20
                        count += 1
                        isBetweenWords = false
                    }
                    target[count] = byte
                    count += 1
                }
                return count
            }
        }
        return collapsed ?? text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    public var description: String { text }
}
