extension VersionVector: CustomStringConvertible {
    /// The form of the attribute `recordseen`: `core=0190c5a2b3c40000,ward-3=…`.
    ///
    /// `%`, `,` and `=` in an origin are percent-encoded (RFC 3986, section 2.1).
    public var description: String {
        entries.map { Self.encode($0.origin.text) + "=" + $0.reading.description }.joined(separator: ",")
    }

    /// Reads the form of the attribute `recordseen`; an empty text has seen nothing.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidVersion`.
    public init(_ text: String) throws(LockstepError) {
        self.init()
        guard !text.isEmpty else { return }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= Self.longest else {
            throw LockstepError(.invalidVersion, "a list of seen versions names more than \(Self.longest) origins")
        }
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let reading = Hexadecimal.value(sides[1]), let name = Self.decode(sides[0]),
                let origin = try? Origin(name)
            else {
                throw LockstepError(
                    .invalidVersion,
                    "not a list of seen versions; it needs 'origin=' and 16 hexadecimal digits, joined by commas"
                )
            }
            insert(Version(reading: ClockReading(reading), origin: origin))
        }
    }

    /// The most origins that one change may say it has seen.
    private static let longest = 1000

    private static func encode(_ text: String) -> String {
        var encoded = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": encoded += "%25"
            case ",": encoded += "%2C"
            case "=": encoded += "%3D"
            default: encoded.unicodeScalars.append(scalar)
            }
        }
        return encoded
    }

    private static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
