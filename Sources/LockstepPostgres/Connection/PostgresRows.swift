/// What a statement returned, copied out of libpq: values as text, as PostgreSQL writes them.
struct PostgresRows: Sendable {
    /// How many rows there are.
    let count: Int
    /// How many rows the statement changed.
    let changed: Int
    private let columns: Int
    private let cells: [String?]

    static let none = PostgresRows(count: 0, changed: 0, columns: 0, cells: [])

    init(count: Int, changed: Int, columns: Int, cells: [String?]) {
        self.count = count
        self.changed = changed
        self.columns = columns
        self.cells = cells
    }

    /// A value as text; nil: SQL's NULL.
    subscript(row: Int, column: Int) -> String? { cells[row * columns + column] }

    /// A value as a number; nil: NULL, or no number.
    func integer(_ row: Int, _ column: Int) -> Int64? { self[row, column].flatMap { Int64($0) } }
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
