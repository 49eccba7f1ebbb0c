import CPostgres

/// What a statement returned, in libpq's own memory: values are read when they are asked for.
///
/// Any thread may look: libpq does not change a complete result, and nothing here does.
final class PostgresRows: @unchecked Sendable {
    /// How many rows there are.
    let count: Int
    /// How many rows the statement changed.
    let changed: Int
    private let result: OpaquePointer?

    /// No rows, of no statement.
    init() {
        count = 0
        changed = 0
        result = nil
    }

    init(owning result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
        changed = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    deinit { PQclear(result) }

    /// A value as text, also in a binary result where it is text there; nil: SQL's NULL.
    subscript(row: Int, column: Int) -> String? {
        withBytes(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    /// A value as a number; nil: NULL, or no number.
    ///
    /// In a binary result integers have two, four or eight bytes, the highest first, and moments are integers.
    func integer(_ row: Int, _ column: Int) -> Int64? {
        if PQfformat(result, Int32(column)) == 0 { return self[row, column].flatMap { Int64($0) } }
        return withBytes(row, column) { bytes in
            guard let first = bytes.first else { return 0 }
            return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
        }
    }

    /// A value's bytes; nil: NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? { withBytes(row, column) { Array($0) } }

    private func withBytes<Value>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        precondition((0..<count).contains(row), "there is no such row")
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return nil }
        return body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))))
    }
}

/// Arrays as PostgreSQL reads them, for statements that take many values as one parameter.
enum PostgresArray {
    static func of(_ numbers: some Collection<some BinaryInteger>) -> String {
        var text = "{"
        for number in numbers {
            if text.utf8.count > 1 { text += "," }
            text += String(number)
        }
        return text + "}"
    }

    /// Every text is quoted, so that none is taken for NULL.
    static func of(_ texts: some Collection<String?>) -> String {
        let elements = texts.map { text in
            guard let text else { return "NULL" }
            var quoted = "\""
            for character in text.unicodeScalars {
                if character == "\"" || character == "\\" { quoted += "\\" }
                quoted.unicodeScalars.append(character)
            }
            return quoted + "\""
        }
        return "{" + elements.joined(separator: ",") + "}"
    }
}
