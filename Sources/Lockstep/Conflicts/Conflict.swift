/// A field whose values were written by changes that had not seen each other.
public struct Conflict: Sendable, Hashable {
    /// One of the values.
    public struct Value: Sendable, Hashable {
        /// What was written.
        public enum Content: Sendable, Hashable {
            /// A JSON value; of the record's existence `true`.
            case value(JSONText)
            /// The field was removed; of the record's existence: the record was deleted.
            case removed
            /// Too long to be told of.
            case leftOut
        }

        /// Who wrote it, and when.
        public let version: Version
        /// What was written.
        public let content: Content

        /// A value.
        public init(version: Version, content: Content) {
            self.version = version
            self.content = content
        }
    }

    /// The record.
    public let subject: Subject
    /// The field; empty: whether the record exists.
    public let field: String
    /// The values, by version; one of an origin at most.
    public let values: [Value]
    /// Which policy chooses what is shown, like `newest`.
    public let policy: String
    /// Which of the values is shown.
    public let shown: Version
    /// Whether the policy leaves it to a person to settle it.
    public let isOpen: Bool

    /// A conflict.
    public init(subject: Subject, field: String, values: [Value], policy: String, shown: Version, isOpen: Bool) {
        self.subject = subject
        self.field = field
        self.values = values
        self.policy = policy
        self.shown = shown
        self.isOpen = isOpen
    }

    /// Its name: a UUID of version 8 (RFC 9562, section 5.8) that is derived from the record, the field and the versions
    /// of the values, so that all offices that see the same conflict give it the same name.
    public var id: String {
        DerivedID.text(of: [subject.text, field] + values.map(\.version.description))
    }

    /// Of the values' versions, the newest.
    public var newest: Version {
        guard let newest = values.last else { preconditionFailure("a conflict has two values at least") }
        return newest.version
    }
}

extension Record {
    /// The conflicts that are in the record now, as a policy sees them: that of its existence first, then by field.
    public func conflicts(by policy: ConflictPolicy) -> [Conflict] {
        var found: [Conflict] = []
        func look(at register: Register, of field: String) {
            guard register.isInConflict else { return }
            let resolver = policy.fields[field] ?? policy.standard
            found.append(
                Conflict(
                    subject: subject, field: field,
                    values: register.values.map { value in
                        Conflict.Value(
                            version: value.version, content: value.content.map { .value($0) } ?? .removed)
                    },
                    policy: resolver.name, shown: resolver.choose(among: register.values, of: field).version,
                    isOpen: resolver.leavesOpen))
        }
        look(at: existence, of: "")
        for field in fields { look(at: field.register, of: field.name) }
        return found
    }

    /// Whether any field is in conflict, or the record's existence.
    package var isInConflict: Bool {
        existence.isInConflict || fields.contains { $0.register.isInConflict }
    }

    /// Whether a field is in conflict; with an empty name: the record's existence.
    func isInConflict(field name: String) -> Bool {
        name.isEmpty ? existence.isInConflict : self[field: name]?.isInConflict ?? false
    }
}

extension ConflictResolver {
    /// What lists call it.
    var name: String { self is NewestWins ? "newest" : "\(self)" }
}
