/// A row of a list, for people as a line of a table, for programs as a JSON object.
///
/// Its coding keys are part of what programs rely on: they are only ever added to.
public protocol TableRow: Encodable, Sendable {
    /// The table's columns, from left to right.
    static var columns: [TableColumn<Self>] { get }
}

/// A column of a table.
public struct TableColumn<Row>: Sendable {
    /// Where a column's contents stand.
    public enum Alignment: Sendable {
        /// Texts.
        case left
        /// Numbers.
        case right
    }

    let title: String
    let alignment: Alignment
    let isFlexible: Bool
    let cell: @Sendable (Row) -> String

    /// A column of texts.
    ///
    /// - Parameter isFlexible: Whether it may be cut short where the terminal is too narrow.
    public static func text(
        _ title: String,
        isFlexible: Bool = false,
        _ cell: @escaping @Sendable (Row) -> String
    ) -> TableColumn {
        TableColumn(title: title, alignment: .left, isFlexible: isFlexible, cell: cell)
    }

    /// A column of numbers; one that is not known shows as `-`.
    public static func number(_ title: String, _ cell: @escaping @Sendable (Row) -> Int?) -> TableColumn {
        TableColumn(title: title, alignment: .right, isFlexible: false) { cell($0).map(NumberText.grouped) ?? "-" }
    }

    /// A column of quantities that are written as texts, like durations and rates.
    public static func quantity(_ title: String, _ cell: @escaping @Sendable (Row) -> String) -> TableColumn {
        TableColumn(title: title, alignment: .right, isFlexible: false, cell: cell)
    }
}
