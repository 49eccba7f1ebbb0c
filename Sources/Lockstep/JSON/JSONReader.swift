/// Reads JSON (RFC 8259) strictly and turns it into canonical text on the way.
///
/// Stricter than the grammar where two readers could disagree about the meaning (I-JSON, RFC 7493): duplicate member
/// names, lone surrogates, and numbers outside the range of a double are errors. Nesting is limited.
struct JSONReader {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 128

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Lets `body` read from these bytes, which must hold exactly one value and blanks around it.
    static func read<Value>(
        _ bytes: [UInt8],
        _ body: (inout JSONReader) throws(LockstepError) -> Value
    ) throws(LockstepError) -> Value {
        let outcome: Result<Value, LockstepError> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(LockstepError) {
                reader.skipBlanks()
                let value = try body(&reader)
                reader.skipBlanks()
                guard reader.position == buffer.count else { throw reader.error("there is text after the value") }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The byte at the position, nil at the end.
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func error(_ reason: String) -> LockstepError {
        LockstepError(.invalidJSON, "not valid JSON at byte \(position): \(reason)")
    }

    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func expect(_ byte: UInt8, _ reason: String) throws(LockstepError) {
        guard current == byte else { throw error(reason) }
        position += 1
    }

    /// Appends the value at the position in canonical form.
    mutating func appendValue(to output: inout [UInt8], depth: Int) throws(LockstepError) {
        guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth) levels") }
        guard let first = current else { throw error("a value is missing") }
        switch first {
        case UInt8(ascii: "\""): try appendString(to: &output)
        case UInt8(ascii: "{"): try appendObject(to: &output, depth: depth)
        case UInt8(ascii: "["): try appendArray(to: &output, depth: depth)
        case UInt8(ascii: "t"): try appendLiteral("true", to: &output)
        case UInt8(ascii: "f"): try appendLiteral("false", to: &output)
        case UInt8(ascii: "n"): try appendLiteral("null", to: &output)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try appendNumber(to: &output)
        default: throw error("a value cannot begin like this")
        }
    }

    private mutating func appendLiteral(_ literal: StaticString, to output: inout [UInt8]) throws(LockstepError) {
        let length = literal.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw error("a value cannot begin like this") }
        for offset in 0..<length where bytes[position + offset] != literal.utf8Start[offset] {
            throw error("a value cannot begin like this")
        }
        output.append(contentsOf: bytes[position..<position + length])
        position += length
    }

    private mutating func appendArray(to output: inout [UInt8], depth: Int) throws(LockstepError) {
        output.append(UInt8(ascii: "["))
        var isFirst = true
        try readElements(depth: depth) { reader, depth throws(LockstepError) in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            try reader.appendValue(to: &output, depth: depth)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Walks an array's elements; `body` must read each.
    mutating func readElements(
        depth: Int,
        _ body: (inout JSONReader, _ depth: Int) throws(LockstepError) -> Void
    ) throws(LockstepError) {
        try expect(UInt8(ascii: "["), "an array is expected here")
        skipBlanks()
        if current == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            skipBlanks()
            try body(&self, depth + 1)
            skipBlanks()
            if current == UInt8(ascii: ",") {
                position += 1
                continue
            }
            return try expect(UInt8(ascii: "]"), "an array needs ',' or ']' here")
        }
    }

    private mutating func appendObject(to output: inout [UInt8], depth: Int) throws(LockstepError) {
        var members: [(name: [UInt8], value: [UInt8])] = []
        try readMembers(depth: depth) { reader, name, depth throws(LockstepError) in
            var value: [UInt8] = []
            try reader.appendValue(to: &value, depth: depth)
            members.append((name, value))
        }
        members.sort { $0.name.lexicographicallyPrecedes($1.name) }
        output.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 {
                guard members[index - 1].name != member.name else { throw error("an object names a member twice") }
                output.append(UInt8(ascii: ","))
            }
            output.append(contentsOf: member.name)
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: member.value)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Walks an object's members; `body` gets each name as a canonical quoted string and must read the value.
    mutating func readMembers(
        depth: Int,
        _ body: (inout JSONReader, _ name: [UInt8], _ depth: Int) throws(LockstepError) -> Void
    ) throws(LockstepError) {
        try expect(UInt8(ascii: "{"), "an object is expected here")
        skipBlanks()
        if current == UInt8(ascii: "}") {
            position += 1
            return
        }
        var name: [UInt8] = []
        while true {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw error("an object needs a member's name here") }
            name.removeAll(keepingCapacity: true)
            try appendString(to: &name)
            skipBlanks()
            try expect(UInt8(ascii: ":"), "a ':' is missing after a member's name")
            skipBlanks()
            try body(&self, name, depth + 1)
            skipBlanks()
            if current == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try expect(UInt8(ascii: "}"), "an object needs ',' or '}' here")
            return
        }
    }

    /// The bytes from `start` to the position.
    func text(from start: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[start..<position])
    }

    mutating func advance(_ count: Int = 1) { position += count }
}
