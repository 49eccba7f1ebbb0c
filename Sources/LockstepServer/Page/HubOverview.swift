/// What administrators look at first.
public struct HubOverview: Sendable, Hashable {
    /// A table of the page.
    public struct Table: Sendable, Hashable {
        /// What it is about.
        public var title: String
        /// The columns' titles.
        public var columns: [String]
        /// The rows, a text for each column.
        public var rows: [[String]]
        /// What is said where there are no rows.
        public var ifEmpty: String
        /// Which columns have numbers.
        public var numbers: Set<Int>
        /// Which rows need somebody's attention.
        public var urgent: Set<Int>

        /// A table.
        public init(
            _ title: String, columns: [String], rows: [[String]], ifEmpty: String, numbers: Set<Int> = [],
            urgent: Set<Int> = []
        ) {
            self.title = title
            self.columns = columns
            self.rows = rows
            self.ifEmpty = ifEmpty
            self.numbers = numbers
            self.urgent = urgent
        }
    }

    /// The tables, in order.
    public var tables: [Table]
    /// What could not be found out, and why.
    public var notes: [String]
    /// When this was so (RFC 3339).
    public var at: String

    /// An overview.
    public init(tables: [Table], notes: [String], at: String) {
        self.tables = tables
        self.notes = notes
        self.at = at
    }
}
