/// What a command writes to standard output, in the form that was asked for.
public struct Answer: Sendable {
    /// Whether programs read it.
    public var isJSON: Bool
    /// The columns that a table may have; nil: as many as it needs.
    public var width: Int?

    /// A form.
    public init(isJSON: Bool, width: Int? = nil) {
        self.isJSON = isJSON
        self.width = width
    }

    /// A list: a table, or an array.
    ///
    /// Where it is empty people read a sentence instead, programs an empty array.
    public func list<Row: TableRow>(_ rows: [Row], ifEmpty sentence: String) throws -> String {
        if isJSON { return try JSONOutput.text(rows) }
        return rows.isEmpty ? sentence + "\n" : TextTable.text(rows, width: width)
    }

    /// One thing.
    public func detail(_ value: some Detailed) throws -> String {
        isJSON ? try JSONOutput.text(value) : DetailText.text(value.details)
    }
}
