import Lockstep

/// An event in an outbox that is not published.
public struct OutboxEventRow: TableRow, Hashable {
    /// `waiting`, `unrouted` or `refused`.
    public var state: String
    /// The event's id; null: none was given.
    @OrNull public var event: String?
    /// The record.
    public var subject: String
    /// What kind of thing happened.
    public var type: String
    /// The region or tenant that it concerns; null: none was given.
    @OrNull public var scope: String?
    /// When it was written (RFC 3339); null: the row does not say so.
    @OrNull public var since: String?
    /// Why it cannot be published; null: it was not refused.
    @OrNull public var reason: String?
    /// What names this place in the list, for the part that comes after it.
    public var place: String

    init(_ row: OutboxRow) {
        state = row.state.rawValue
        event = row.id
        subject = row.subject
        type = row.type
        scope = row.scope
        since = row.writtenAt?.rfc3339
        reason = row.reason
        place = row.position.description
    }

    public static let columns: [TableColumn<OutboxEventRow>] = [
        .text("STATE") { $0.state },
        .text("RECORD") { $0.subject },
        .text("TYPE") { $0.type },
        .text("EVENT") { $0.event ?? "-" },
        .text("SINCE") { $0.since ?? "-" },
        .text("WHY", isFlexible: true) { $0.reason ?? "" },
    ]
}

extension OutboxPosition {
    /// The position of a place that ``OutboxEventRow/place`` named.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    init(place: String) throws(LockstepError) {
        guard let number = Int64(place), String(number) == place else {
            throw LockstepError(
                .invalidName, "'\(place.prefix(64))' is no place of this list; give a 'place' that it has named")
        }
        self.init(number)
    }
}
