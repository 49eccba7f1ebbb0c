/// One JSON value as canonical text: no blanks between tokens, object members sorted, strings with the fewest escapes.
///
/// Numbers keep the digits they came with, so that nothing is lost on the way. Equality is equality of bytes.
public struct JSONText: Sendable {
    /// The canonical text.
    public let text: String

    init(canonical text: String) {
        self.text = text
    }

    /// Reads any one JSON value (RFC 8259 with the restrictions of I-JSON, RFC 7493).
    ///
    /// - Throws: ``LockstepError`` with the code `invalidJSON` that names the place and the reason.
    public init(parsing text: String) throws(LockstepError) {
        var canonical: [UInt8] = []
        try JSONReader.read(Array(text.utf8)) { reader throws(LockstepError) in
            try reader.appendValue(to: &canonical, depth: 0)
        }
        self.text = String(decoding: canonical, as: UTF8.self)
    }

    /// A JSON string with this content.
    public init(string: String) {
        var quoted: [UInt8] = []
        quoted.reserveCapacity(string.utf8.count + 2)
        JSONWriter.appendString(string, to: &quoted)
        self.text = String(decoding: quoted, as: UTF8.self)
    }

    /// The JSON literal `null`.
    public static let null = JSONText(canonical: "null")
    /// The JSON literal `true`.
    public static let `true` = JSONText(canonical: "true")

    /// Whether this is the literal `null`.
    public var isNull: Bool { ByteOrder.equal(text, "null") }

    /// The content, if this is a JSON string.
    public var stringValue: String? {
        guard text.utf8.first == UInt8(ascii: "\"") else { return nil }
        let inside = text.utf8.dropFirst().dropLast()
        guard inside.contains(UInt8(ascii: "\\")) else { return String(Substring(inside)) }
        return JSONReader.unescape(canonicalString: text)
    }

    /// The elements, if this is a JSON array.
    public var elements: [JSONText]? {
        guard text.utf8.first == UInt8(ascii: "[") else { return nil }
        var elements: [JSONText] = []
        do throws(LockstepError) {
            try JSONReader.read(Array(text.utf8)) { reader throws(LockstepError) in
                try reader.readElements(depth: 0) { reader, depth throws(LockstepError) in
                    var element: [UInt8] = []
                    try reader.appendValue(to: &element, depth: depth)
                    elements.append(JSONText(canonical: String(decoding: element, as: UTF8.self)))
                }
            }
        } catch {
            preconditionFailure("canonical text can be read: \(error)")
        }
        return elements
    }

    /// The content of a canonical JSON string, quotes and all.
    static func content(ofCanonicalString quoted: [UInt8]) -> String {
        let plain: String? = quoted.withUnsafeBufferPointer { quoted in
            let inside = UnsafeBufferPointer(rebasing: quoted.dropFirst().dropLast())
            return inside.contains(UInt8(ascii: "\\")) ? nil : String(decoding: inside, as: UTF8.self)
        }
        if let plain { return plain }
        return JSONText(canonical: String(decoding: quoted, as: UTF8.self)).displayText
    }

    /// What a person would write: strings without quotes, everything else as JSON.
    public var displayText: String { stringValue ?? text }
}

extension JSONText: Hashable {
    public static func == (left: JSONText, right: JSONText) -> Bool { ByteOrder.equal(left.text, right.text) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension JSONText: CustomStringConvertible {
    public var description: String { text }
}

extension JSONText: ExpressibleByStringLiteral {
    /// A JSON *string* with this content, so that call sites read `["status": "Issued"]`.
    public init(stringLiteral value: String) { self.init(string: value) }
}

extension JSONText: ExpressibleByIntegerLiteral {
    /// A JSON number.
    public init(integerLiteral value: Int) { self.init(canonical: String(value)) }
}

extension JSONText: ExpressibleByBooleanLiteral {
    /// A JSON boolean.
    public init(booleanLiteral value: Bool) { self.init(canonical: value ? "true" : "false") }
}
