public import Lockstep

/// What a report is to be about.
public struct ReportArguments: Sendable, Hashable {
    /// The moment that it speaks of; nil: now.
    public var asOf: Timestamp?
    /// The record, with its history; nil: all records.
    public var about: Subject?
    /// How many rows lists have at most.
    public var limit: Int
    /// How it is written.
    public var form: ReportForm

    /// A report of all records, now.
    public init(asOf: Timestamp? = nil, about: Subject? = nil, limit: Int = 1_000, form: ReportForm = .text) {
        self.asOf = asOf
        self.about = about
        self.limit = limit
        self.form = form
    }
}

/// How a report is written.
public enum ReportForm: String, Sendable, Hashable {
    /// For people.
    case text
    /// For spreadsheets.
    case csv
    /// A page to be printed.
    case html
    /// For programs; only this form can be checked later.
    case json
}
