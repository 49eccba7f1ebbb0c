/// A record as another office shows it, without its history: what a webhook in `state` mode posts.
///
/// It is no change to be merged: it does not say what it has seen. Whoever keeps such records has them from one sender
/// only, and takes of each the newest, see ``isNewer(than:sentAt:)``.
public struct PostedRecord: Sendable, Hashable {
    /// The type of an event that carries one.
    public static let changedType = "lockstep.record.changed"
    /// The type of an event that says that it is deleted.
    public static let deletedType = "lockstep.record.deleted"

    /// The event that carries it.
    public let event: Event
    /// When it was sent, this time.
    public let sent: Timestamp
    /// The types of all events about the record; empty: there are too many to be told.
    public let types: [EventType]

    /// Reads an event; nil: it is of another kind, a change of its own.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidEvent` where it lacks what such an event must say.
    public init?(_ event: Event, sentAt sent: Timestamp) throws(LockstepError) {
        guard event.type.text == Self.changedType || event.type.text == Self.deletedType else { return nil }
        let operation = event.type.text == Self.deletedType ? EventOperation.delete : .replace
        guard event.operation == operation else {
            throw LockstepError(
                .invalidEvent, "an event of the type '\(event.type)' must have the operation '\(operation.rawValue)'")
        }
        var types: [EventType] = []
        for type in (event.extensions["recordtypes"] ?? "").split(separator: ",") {
            types.append(try EventType(String(type)))
        }
        self.event = event
        self.sent = sent
        self.types = types
    }

    /// Whether it takes the place of one that is there.
    ///
    /// Its sender never shows an older version after a newer one; but the same version may show something else when an
    /// older change of another field came late. Then what was sent last counts: a sender waits for each answer, so only a
    /// request that it had given up can come late, and that was sent earlier.
    public func isNewer(than version: Version, sentAt other: Timestamp?) -> Bool {
        if event.version != version { return event.version > version }
        return other.map { sent >= $0 } ?? true
    }
}

extension Record {
    /// The record that a posted one shows: one value for each field, all of its version.
    ///
    /// - Parameter held: What is held of it so far; its types go on to count where the posted one does not tell them.
    public init(_ posted: PostedRecord, after held: Record) {
        precondition(posted.event.subject == held.subject, "only a state of the same record can follow")
        self.init(subject: held.subject)
        merge(posted.event.change)
        kinds = []
        if posted.types.isEmpty {
            kinds = held.kinds
        } else {
            for type in posted.types { insert(RecordKind(type: type.text, newest: posted.event.version.reading)) }
        }
    }
}
