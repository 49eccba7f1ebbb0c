/// A person's decision of a conflict.
public struct ConflictResolution: Sendable, Hashable {
    /// What is to stand from now on.
    public enum Choice: Sendable, Hashable {
        /// The value that this origin wrote.
        case take(Origin)
        /// Another value; `.null` removes the field.
        case value(JSONText)
    }

    /// The conflict's name, or how it begins.
    public var conflict: String
    /// What is to stand.
    public var choice: Choice
    /// Why.
    public var reason: String
    /// Who decides.
    public var person: String

    /// A decision.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidEvent` where reason or person are empty, too long, or hold
    ///   control characters: both travel with the event.
    public init(_ conflict: String, _ choice: Choice, reason: String, person: String) throws(LockstepError) {
        for (text, name, longest) in [(reason, "reason", 1000), (person, "name of who decides", 200)] {
            let isBlank = text.allSatisfy(\.isWhitespace)
            guard !isBlank, text.utf8.count <= longest, !Name.hasControlCharacters(text) else {
                throw LockstepError(
                    .invalidEvent, "the \(name) must not be empty, hold control characters or exceed \(longest) bytes")
            }
        }
        self.conflict = conflict
        self.choice = choice
        self.reason = reason
        self.person = person
    }

    /// The change of the record that it takes.
    ///
    /// - Parameter conflict: The conflict as it stands.
    /// - Throws: ``LockstepError``: `notFound` where the origin has no value in the conflict; `invalidEvent` where a value is
    ///   given for the record's existence.
    package func edit(of conflict: Conflict) throws(LockstepError) -> RecordEdit {
        let extensions = [ConflictSettlement.personAttribute: person, ConflictSettlement.reasonAttribute: reason]
        var edit = RecordEdit(conflict.subject, isKnownToAdapter: false, extensions: extensions)
        let content: JSONText
        switch choice {
        case .take(let origin):
            guard let value = conflict.values.first(where: { $0.version.origin == origin }) else {
                let origins = conflict.values.map(\.version.origin.text).joined(separator: ", ")
                throw LockstepError(
                    .notFound, "'\(origin)' has no value in this conflict; its values are those of \(origins)")
            }
            guard case .value(let taken) = value.content else {
                if conflict.field.isEmpty { edit.operation = .delete } else { edit.data[conflict.field] = .null }
                return edit
            }
            content = taken
        case .value(let value):
            guard !conflict.field.isEmpty else {
                throw LockstepError(
                    .invalidEvent,
                    "this conflict is about whether the record exists: take the side of the origin that deleted it, or of "
                        + "one that changed it")
            }
            content = value
        }
        if !conflict.field.isEmpty { edit.data[conflict.field] = content }
        return edit
    }
}
