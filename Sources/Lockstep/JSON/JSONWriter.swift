/// Writes canonical JSON tokens.
enum JSONWriter {
    /// Appends a quoted string with the escapes that RFC 8785 (section 3.2.2.2) asks for and no others.
    static func appendString(_ content: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var content = content
        content.withUTF8 { content in
            // Names and most texts have nothing to escape.
            if content.contains(where: needsEscape) {
                for byte in content { appendEscaped(byte, to: &output) }
            } else {
                output.append(contentsOf: content)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Appends one byte of a string's content.
    static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            output.append(UInt8(ascii: "\\"))
            output.append(byte)
        case 0x08: appendEscape("b", to: &output)
        case 0x09: appendEscape("t", to: &output)
        case 0x0A: appendEscape("n", to: &output)
        case 0x0C: appendEscape("f", to: &output)
        case 0x0D: appendEscape("r", to: &output)
        case 0..<0x20:
            output.append(contentsOf: "\\u00".utf8)
            output.append(hexDigit(byte >> 4))
            output.append(hexDigit(byte & 0xF))
        default:
            output.append(byte)
        }
    }

    private static func appendEscape(_ letter: Unicode.Scalar, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(ascii: letter))
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
