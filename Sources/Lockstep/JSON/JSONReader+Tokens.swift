extension JSONReader {
    /// Appends the string at the position with its quotes, in canonical form.
    mutating func appendString(to output: inout [UInt8]) throws(LockstepError) {
        let start = position
        var ascii = passPlainText()
        var plain = true
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                let text = text(from: start)
                if !ascii, String(validating: text, as: UTF8.self) == nil { throw error("a string is not UTF-8") }
                if plain {
                    output.append(contentsOf: text)
                } else {
                    try appendUnescaped(text, to: &output)
                }
                return
            case UInt8(ascii: "\\"):
                plain = false
                advance(2)
            case 0..<0x20:
                throw error("a control character stands in a string")
            default:
                if byte >= 0x80 { ascii = false }
                advance()
            }
        }
        throw error("a string does not end")
    }

    /// Goes on behind a quote to the next byte that is one, an escape or a control character: mostly that is the end.
    ///
    /// - Returns: Whether all that was passed is ASCII.
    private mutating func passPlainText() -> Bool {
        let rest = UnsafeBufferPointer(rebasing: bytes[(position + 1)...])
        var (count, all) = (0, UInt8(0))
        while count < rest.count {
            let byte = rest[count]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            all |= byte
            count += 1
        }
        advance(1 + count)
        return all < 0x80
    }

    /// Rewrites a string that has escapes: what needs none loses it.
    private func appendUnescaped(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) throws(LockstepError) {
        output.append(UInt8(ascii: "\""))
        var index = 1
        while index < text.count - 1 {
            guard text[index] == UInt8(ascii: "\\") else {
                output.append(text[index])
                index += 1
                continue
            }
            guard let (scalar, length) = Self.escape(in: text, at: index) else {
                throw error("a string has an escape that does not exist or is half of a surrogate pair")
            }
            for byte in UTF8.encode(scalar).unsafelyUnwrapped { JSONWriter.appendEscaped(byte, to: &output) }
            index += length
        }
        output.append(UInt8(ascii: "\""))
    }

    /// The character that an escape stands for, and the escape's length; nil if there is no such escape.
    private static func escape(
        in text: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> (scalar: Unicode.Scalar, length: Int)? {
        switch text[index + 1] {
        case UInt8(ascii: "\""): return ("\"", 2)
        case UInt8(ascii: "\\"): return ("\\", 2)
        case UInt8(ascii: "/"): return ("/", 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"):
            guard let first = codeUnit(in: text, at: index + 2) else { return nil }
            if let scalar = Unicode.Scalar(UInt32(first)) { return (scalar, 6) }
            guard UTF16.isLeadSurrogate(first), index + 7 < text.count,
                text[index + 6] == UInt8(ascii: "\\"), text[index + 7] == UInt8(ascii: "u"),
                let second = codeUnit(in: text, at: index + 8), UTF16.isTrailSurrogate(second)
            else { return nil }
            return (UTF16.decode(UTF16.EncodedScalar([first, second])), 12)
        default: return nil
        }
    }

    private static func codeUnit(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16? {
        guard index + 4 <= text.count - 1 else { return nil }
        var unit: UInt16 = 0
        for byte in text[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The content of a string that this reader has made canonical.
    static func unescape(canonicalString text: String) -> String {
        var text = text
        return text.withUTF8 { text in
            var content: [UInt8] = []
            var index = 1
            while index < text.count - 1 {
                if text[index] == UInt8(ascii: "\\"), let (scalar, length) = escape(in: text, at: index) {
                    content.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
                    index += length
                } else {
                    content.append(text[index])
                    index += 1
                }
            }
            return String(decoding: content, as: UTF8.self)
        }
    }

    /// Appends the number at the position as it is written.
    mutating func appendNumber(to output: inout [UInt8]) throws(LockstepError) {
        let start = position
        if current == UInt8(ascii: "-") { advance() }
        if current == UInt8(ascii: "0") {
            advance()
        } else {
            try skipDigits("a number needs a digit here")
        }
        var hasExponent = false
        if current == UInt8(ascii: ".") {
            advance()
            try skipDigits("a number needs a digit after its point")
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            hasExponent = true
            advance()
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { advance() }
            try skipDigits("a number needs a digit in its exponent")
        }
        let text = text(from: start)
        // 308 digits without an exponent always fit; only the others are worth a conversion.
        if hasExponent || text.count > 308 {
            guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
                throw error("a number is outside the range that programs agree on (RFC 7493, section 2.2)")
            }
        }
        output.append(contentsOf: text)
    }

    private mutating func skipDigits(_ reason: String) throws(LockstepError) {
        guard let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw error(reason) }
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { advance() }
    }
}
