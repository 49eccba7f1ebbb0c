/// That an office is told nothing for now; its queue keeps what comes.
public struct OfficePause: Sendable, Hashable {
    /// What brought it about.
    public struct Cause: Sendable, Hashable, CustomStringConvertible {
        private enum Wrapped: String { case `operator`, gone, deletion, migration }
        private let wrapped: Wrapped

        /// A person wanted it.
        public static let `operator` = Cause(wrapped: .operator)
        /// The office's callback answered that it is gone for good (410).
        public static let gone = Cause(wrapped: .gone)
        /// The office is being deleted.
        public static let deletion = Cause(wrapped: .deletion)
        /// The office's queue is being made anew.
        public static let migration = Cause(wrapped: .migration)

        /// The cause of a name that ``description`` gave.
        public init?(_ name: String) {
            guard let wrapped = Wrapped(rawValue: name) else { return nil }
            self.wrapped = wrapped
        }

        private init(wrapped: Wrapped) { self.wrapped = wrapped }

        public var description: String { wrapped.rawValue }
    }

    /// Who is paused.
    public var office: OfficeName
    /// Since when.
    public var since: Timestamp
    /// Who paused it: a person, or what noticed.
    public var person: String
    /// Why; nil: nobody said so.
    public var reason: String?
    /// What brought it about.
    public var cause: Cause

    /// A pause.
    public init(office: OfficeName, since: Timestamp, person: String, reason: String? = nil, cause: Cause = .operator) {
        self.office = office
        self.since = since
        self.person = person
        self.reason = reason
        self.cause = cause
    }
}
