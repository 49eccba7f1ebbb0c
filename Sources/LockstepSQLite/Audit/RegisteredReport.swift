public import Lockstep

/// What the register says of a report that was made.
public struct RegisteredReport: Sendable, Hashable {
    /// Its number, from 1 on without gaps.
    public var number: Int
    /// When it was made.
    public var made: Timestamp
    /// How it was written, like `json`.
    public var form: String
    /// The digest of what it says.
    public var content: String
    /// The digest of the report before; nil: it is the first one.
    public var previous: String?
    /// The digest of all that.
    public var digest: String

    /// An entry.
    public init(number: Int, made: Timestamp, form: String, content: String, previous: String?, digest: String) {
        self.number = number
        self.made = made
        self.form = form
        self.content = content
        self.previous = previous
        self.digest = digest
    }
}
