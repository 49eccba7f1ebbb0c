/// A row of a report's table; its coding keys are part of what programs rely on.
protocol ReportRow: TableRow, Hashable {
    /// The table that it stands in.
    static var section: ReportSection { get }
    /// The table's columns, from left to right.
    static var cells: [ReportColumn<Self>] { get }
}

extension ReportRow {
    static var columns: [TableColumn<Self>] {
        cells.map { column in
            let title = column.title.uppercased()
            return column.isQuantity
                ? .quantity(title) { column.cell($0).display }
                : .text(title, isFlexible: column.isFlexible) { column.cell($0).display }
        }
    }
}

/// A table of a report, whatever its rows are.
struct ReportTable: Sendable {
    let section: ReportSection
    let titles: [String]
    let isQuantity: [Bool]
    let rows: [[ReportCell]]
    /// How many rows there are that it does not show.
    let omitted: Int
    /// The table as text, for a terminal of so many columns.
    let text: @Sendable (_ width: Int?) -> String

    init<Row: ReportRow>(_ rows: [Row], omitted: Int = 0) {
        section = Row.section
        titles = Row.cells.map(\.title)
        isQuantity = Row.cells.map(\.isQuantity)
        self.rows = rows.map { row in Row.cells.map { $0.cell(row) } }
        self.omitted = omitted
        text = { TextTable.text(rows, width: $0) }
    }

    /// What is said of rows that are not shown; nil: all are.
    var remainder: String? {
        omitted == 0 ? nil : "and \(NumberText.grouped(omitted)) more; --limit shows more of them"
    }
}

/// The tables of a report, in their order.
enum ReportSection: String, Sendable, CaseIterable {
    case history
    case offices
    case backlog
    case differences
    case conflicts
    case deadLetters = "dead letters"
    case changes
    case actions

    /// What stands above it.
    var title: String {
        switch self {
        case .history: "History of the record"
        case .offices: "Offices"
        case .backlog: "Deliveries and conflicts"
        case .differences: "Records that are not in step"
        case .conflicts: "Conflicts"
        case .deadLetters: "Dead letters"
        case .changes: "Changes, by who made them"
        case .actions: "What operators did"
        }
    }

    /// What stands there where it has no rows; nil: the table is left out then.
    var sentence: String? {
        switch self {
        case .history, .backlog, .actions: nil
        case .offices: "The configuration has no office."
        case .differences: "None."
        case .conflicts: "None is recorded."
        case .deadLetters: "None."
        case .changes: "None is known."
        }
    }
}
