/// What stands in a cell of a report's table.
enum ReportCell: Sendable, Hashable {
    /// A text; nil: there is none.
    case text(String?)
    /// A number; nil: it is not known.
    case number(Int?)
    /// Whole seconds; nil: there is nothing that has an age.
    case age(Int?)

    /// What people read.
    var display: String {
        switch self {
        case .text(let text): text ?? "-"
        case .number(let number): number.map(NumberText.grouped) ?? "-"
        case .age(let seconds): seconds.map(NumberText.age) ?? "-"
        }
    }
}

/// A column of a report's table: one source for what people read, for the page and for spreadsheets.
struct ReportColumn<Row>: Sendable {
    let title: String
    let isQuantity: Bool
    let isFlexible: Bool
    let cell: @Sendable (Row) -> ReportCell

    /// A column of texts.
    ///
    /// - Parameter isFlexible: Whether it may be cut short where the terminal is too narrow.
    static func text(
        _ title: String, isFlexible: Bool = false, _ text: @escaping @Sendable (Row) -> String?
    ) -> ReportColumn {
        ReportColumn(title: title, isQuantity: false, isFlexible: isFlexible) { .text(text($0)) }
    }

    /// A column of numbers.
    static func number(_ title: String, _ number: @escaping @Sendable (Row) -> Int?) -> ReportColumn {
        ReportColumn(title: title, isQuantity: true, isFlexible: false) { .number(number($0)) }
    }

    /// A column of ages in whole seconds.
    static func age(_ title: String, _ seconds: @escaping @Sendable (Row) -> Int?) -> ReportColumn {
        ReportColumn(title: title, isQuantity: true, isFlexible: false) { .age(seconds($0)) }
    }
}
