public import Lockstep
import LockstepSQLite

/// A change that was made in an office.
public struct EditedEvent: Detailed, Hashable {
    /// The event's name.
    public var id: String
    /// What kind of thing happened.
    public var type: String
    /// The record.
    public var subject: String
    /// Which change of the record it is.
    public var version: String
    /// What the broker routes it by.
    public var routingKey: String
    /// The office.
    public var office: String

    init(_ event: Event, office: OfficeName) {
        id = event.id.text
        type = event.type.text
        subject = event.subject.text
        version = event.version.description
        routingKey = event.routingKey
        self.office = office.text
    }

    public var details: [Detail] {
        [
            Detail("id", id), Detail("subject", subject), Detail("version", version),
            Detail("routing key", routingKey),
            Detail("outcome", "changed in \(office); its worker publishes it as soon as the broker is there"),
        ]
    }
}

extension Operations {
    /// Makes a change in an office: in its replica and its outbox at once; the broker need not be there.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: see ``/LockstepSQLite/SQLiteReplica``.
    public func edit(_ edit: RecordEdit, in office: Subscription) async throws -> EditedEvent {
        let replica = try configuration.replicaToEdit(of: office)
        defer { try? replica.close() }
        return EditedEvent(try await replica.edit(edit), office: office.office)
    }

    /// Settles a conflict as a person has decided.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: see ``/LockstepSQLite/SQLiteReplica``.
    public func resolve(_ resolution: ConflictResolution, in office: Subscription) async throws -> EditedEvent {
        let replica = try configuration.replicaToEdit(of: office)
        defer { try? replica.close() }
        return EditedEvent(try await replica.resolve(resolution), office: office.office)
    }
}
