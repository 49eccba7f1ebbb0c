public import Lockstep

/// What somebody said on the command line about one event.
public struct PublishArguments: Sendable, Hashable {
    /// What kind of thing happened.
    public var type: String
    /// The record that it is about.
    public var subject: String
    /// The region or tenant that it concerns.
    public var scope: String?
    /// `merge`, `replace` or `delete`.
    public var operation: EventOperation
    /// Who made the change; nil: the configured origin.
    public var source: String?
    /// A JSON object; nil: none, as for `delete`.
    public var data: String?

    /// Arguments.
    public init(
        type: String,
        subject: String,
        scope: String? = nil,
        operation: EventOperation = .merge,
        source: String? = nil,
        data: String? = nil
    ) {
        self.type = type
        self.subject = subject
        self.scope = scope
        self.operation = operation
        self.source = source
        self.data = data
    }

    /// The event that was meant.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` that names the argument.
    public func draft() throws(LockstepError) -> EventDraft {
        EventDraft(
            try Self.read("TYPE", type, EventType.init),
            about: try Self.read("--about", subject, Subject.init),
            try object(),
            operation: operation,
            scope: try scope.map { scope throws(LockstepError) in try Self.read("--scope", scope, Scope.init) },
            source: try source.map { source throws(LockstepError) in try Self.read("--source", source, Origin.init) }
        )
    }

    private func object() throws(LockstepError) -> JSONObject {
        switch (operation, data) {
        case (.delete, nil): return JSONObject()
        case (.delete, _?):
            throw LockstepError(.invalidEvent, "DATA: an event that deletes a record has none; leave it out")
        case (_, nil):
            throw LockstepError(
                .invalidEvent,
                "DATA is missing; give a JSON object like '{\"status\":\"Issued\"}', or --operation delete"
            )
        case (_, let data?):
            return try Self.read("DATA", data) { text throws(LockstepError) in try JSONObject(parsing: text) }
        }
    }

    private static func read<Value>(
        _ name: String,
        _ text: String,
        _ make: (String) throws(LockstepError) -> Value
    ) throws(LockstepError) -> Value {
        do {
            return try make(text)
        } catch {
            throw LockstepError(error.code, "\(name): \(error.message)", underlying: error.underlying)
        }
    }
}
