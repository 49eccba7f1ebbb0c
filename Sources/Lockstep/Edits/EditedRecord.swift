/// A record on which an office makes a change, and how the change becomes an event: pure.
package struct EditedRecord: Sendable {
    /// What is known of the record.
    package let record: Record
    /// What the newest event about it said; nil: nothing is known of one.
    package let newest: Labels?
    /// What the office shows of conflicts.
    package let policy: ConflictPolicy

    /// What an event says of itself besides its change: it routes it.
    package struct Labels: Sendable, Hashable {
        /// What kind of thing happened.
        package var type: EventType
        /// The region or tenant that it concerns.
        package var scope: Scope?

        package init(type: EventType, scope: Scope?) {
            self.type = type
            self.scope = scope
        }
    }

    package init(_ record: Record, newest: Labels?, policy: ConflictPolicy) {
        self.record = record
        self.newest = newest
        self.policy = policy
    }

    /// The newest reading of all that is known of the record: a change of it has to be newer.
    package var newestReading: ClockReading? {
        ([record.existence.context, record.floor] + record.fields.map(\.register.context))
            .compactMap(\.newest?.reading).max()
    }

    /// The event that a change becomes, with all that its origin has seen.
    ///
    /// - Parameters:
    ///   - version: Newer than ``newestReading``.
    ///   - id: The event's name.
    ///   - time: When the change is made.
    /// - Throws: ``LockstepError``: `notFound` where there is no record to delete; `invalidEvent` where nothing says what
    ///   kind of record it is.
    package func event(
        of edit: RecordEdit, version: Version, id: EventID, at time: Timestamp
    ) throws(LockstepError) -> Event {
        if edit.operation == .delete, !record.exists(by: policy) {
            throw LockstepError(
                .notFound,
                "there is no record '\(edit.subject)' to delete; check its name, or whether it is deleted already")
        }
        var event = Event(
            id: id,
            source: version.origin,
            type: try type(of: edit),
            subject: edit.subject,
            time: time,
            scope: edit.scope ?? newest?.scope,
            version: version,
            seen: record.seen(
                by: version.origin, of: edit.operation, writing: edit.data.fields.map(\.name)),
            operation: edit.operation,
            data: edit.data,
            traceparent: edit.traceparent,
            extensions: edit.extensions
        )
        let settled = settled(by: event.change)
        if !settled.isEmpty { event.extensions[ConflictSettlement.attribute] = ConflictSettlement.text(of: settled) }
        return event
    }

    /// The conflicts that a change ends: it has seen all of their values.
    private func settled(by change: RecordChange) -> [Conflict] {
        let before = record.conflicts(by: policy)
        guard !before.isEmpty else { return [] }
        var after = record
        after.merge(change)
        return before.filter { !after.isInConflict(field: $0.field) }
    }

    private func type(of edit: RecordEdit) throws(LockstepError) -> EventType {
        if let type = edit.type ?? newest?.type { return type }
        // Of a record that an older release stored, only all types together are known.
        if record.types.count == 1 { return try EventType(record.types[0]) }
        guard record.types.isEmpty else {
            throw LockstepError(
                .invalidEvent,
                "nothing says which of its types '\(edit.subject)' has now; name one: "
                    + record.types.joined(separator: ", "))
        }
        throw LockstepError(
            .invalidEvent,
            "this office has never heard of a record '\(edit.subject)'; check its name, or, to make it, name an event "
                + "type like 'permit.issued'")
    }
}
