extension SealedReport {
    /// For spreadsheets: one table (RFC 4180) with the columns of all tables of the report, and in the first one which
    /// of them a row is from.
    ///
    /// Columns of the same name are one. What comes from records and begins like a formula gets a `'` in front, so that
    /// no spreadsheet computes it. Ages are whole seconds.
    public var csv: String {
        var titles = ["Table"]
        for table in report.tables {
            for title in table.titles where !titles.contains(title) { titles.append(title) }
        }
        var lines = [titles]
        for table in report.tables {
            for row in table.rows {
                var line = Array(repeating: "", count: titles.count)
                line[0] = table.section.rawValue
                for (title, cell) in zip(table.titles, row) {
                    guard let column = titles.firstIndex(of: title) else { continue }
                    line[column] = CSVText.cell(cell)
                }
                lines.append(line)
            }
            if table.omitted > 0 { lines.append(note("\(table.section.rawValue): \(table.remainder ?? "")", titles)) }
        }
        lines += report.notes.map { note($0, titles) }
        lines += sealDetails.map { note("\($0.name): \($0.value)", titles) }
        return lines.map { $0.map(CSVText.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A row that says something of the whole report, as wide as the others.
    private func note(_ text: String, _ titles: [String]) -> [String] {
        ["report", text] + Array(repeating: "", count: max(0, titles.count - 2))
    }
}

/// Writes the fields of comma-separated values (RFC 4180).
enum CSVText {
    /// A cell's content, raw.
    static func cell(_ cell: ReportCell) -> String {
        switch cell {
        case .text(let text): harmless(text ?? "")
        case .number(let number): number.map { String($0) } ?? ""
        case .age(let seconds): seconds.map { String($0) } ?? ""
        }
    }

    /// A text that no spreadsheet takes for a formula.
    static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }

    /// A field, in quotes where it needs them.
    static func quoted(_ field: String) -> String {
        let needsQuotes = field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        guard needsQuotes || field.first == " " || field.last == " " else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
