/// Text with places for the environment's variables: `${BROKER_PASSWORD}`; `$$` stands for `$` itself.
struct VariableText {
    /// Why a text cannot be filled; a name, never a value.
    enum Failure: Error, Hashable {
        case malformed
        case missing(String)
        case empty(String)
    }

    fileprivate enum Part {
        case text(String)
        case variable(String)
    }

    private var parts: [Part] = []

    /// Takes a text apart.
    init(_ raw: String) throws(Failure) {
        var plain = ""
        var rest = raw[...]
        while let character = rest.popFirst() {
            guard character == "$", let next = rest.first, next == "$" || next == "{" else {
                plain.append(character)
                continue
            }
            rest.removeFirst()
            if next == "$" {
                plain.append("$")
                continue
            }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest.dropFirst(name.count)
            guard rest.popFirst() == "}", name.first?.isNumber == false else { throw .malformed }
            parts.append(.text(plain))
            parts.append(.variable(String(name)))
            plain = ""
        }
        parts.append(.text(plain))
    }

    /// Whether there is any variable.
    var namesVariables: Bool {
        parts.contains { part in
            if case .variable = part { true } else { false }
        }
    }

    /// Whether something stands there that is neither a variable nor this word.
    func isPlain(but word: String) -> Bool {
        parts.contains { part in
            if case .text(let text) = part { !text.isEmpty && text != word } else { false }
        }
    }

    /// The text with the variables' values in their places.
    func filled(from variables: [String: String]) throws(Failure) -> String {
        var filled = ""
        for part in parts { filled += try Self.value(of: part, variables) }
        return filled
    }

    /// A URL with the variables' values in their places; in its user and password they are percent-encoded, so that a
    /// password with `@` or `/` in it is a password all the same.
    func filledURL(from variables: [String: String]) throws(Failure) -> String {
        let scheme = parts.firstIndex { $0.contains("://") }
        let at = parts.lastIndex { $0.contains("@") }
        var filled = ""
        for (index, part) in parts.enumerated() {
            let value = try Self.value(of: part, variables)
            guard case .variable = part, let scheme, let at, scheme < index, index < at else {
                filled += value
                continue
            }
            filled += Self.percentEncoded(value)
        }
        return filled
    }

    private static func value(of part: Part, _ variables: [String: String]) throws(Failure) -> String {
        switch part {
        case .text(let text): return text
        case .variable(let name):
            guard let value = variables[name] else { throw .missing(name) }
            guard !value.isEmpty else { throw .empty(name) }
            return value
        }
    }

    /// Everything but RFC 3986's unreserved characters, encoded.
    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

extension VariableText.Part {
    fileprivate func contains(_ text: String) -> Bool {
        if case .text(let own) = self { own.firstRange(of: text) != nil } else { false }
    }
}

extension VariableText.Failure {
    /// What is wrong, and what to do.
    var message: String {
        switch self {
        case .malformed:
            "'${' begins the name of an environment variable, like ${BROKER_PASSWORD}: letters, digits and '_', "
                + "then '}'; a dollar sign itself is written '$$'"
        case .missing(let name):
            "the environment variable \(name) is not set; set it where lockstep is started "
                + "(if a dollar sign was meant, write '$${')"
        case .empty(let name):
            "the environment variable \(name) is empty; give it a value where lockstep is started"
        }
    }
}
