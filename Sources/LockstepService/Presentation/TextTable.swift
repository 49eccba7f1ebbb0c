/// Lays rows out as a plain table: a line of titles, aligned columns, two blanks between them.
public enum TextTable {
    /// No flexible column is cut below this.
    private static let narrowest = 12

    /// The table, each line with its end.
    ///
    /// - Parameter width: The terminal's columns: flexible columns are cut to fit, with `…` at their ends; nil: nothing
    ///   is cut.
    public static func text<Row: TableRow>(_ rows: [Row], width: Int? = nil) -> String {
        let columns = Row.columns
        let lines = [columns.map(\.title)] + rows.map { row in columns.map { line(of: $0.cell(row)) } }
        var widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        if let width { shrink(&widths, to: width, columns.map(\.isFlexible)) }
        return lines.map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let cell = cell.count > widths[index] ? cell.prefix(widths[index] - 1) + "…" : cell[...]
                let isRight = columns[index].alignment == .right
                line += isRight ? String(cell).leftPadded(to: widths[index]) : String(cell).padded(to: widths[index])
                line += "  "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// Takes what is too much from the widest flexible column, again and again.
    private static func shrink(_ widths: inout [Int], to width: Int, _ isFlexible: [Bool]) {
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let widest = widths.indices
                .filter { isFlexible[$0] && widths[$0] > narrowest }
                .max { widths[$0] < widths[$1] }
            guard let widest else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }

    /// What others put into a cell must not break the table, nor talk to the terminal.
    private static func line(of cell: String) -> String {
        String(String.UnicodeScalarView(cell.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
