import Lockstep
import LockstepSQLite

/// A delivery: one event on its way to one office, as the ledger has it.
public struct DeliveryRow: TableRow, Hashable {
    /// The office's name.
    public var office: String
    /// `applied`, `merged`, `conflict`, `duplicate` or `superseded`: the office has the event; `waiting` or `dead`: it does not.
    public var state: String
    /// The event's id.
    public var event: String
    /// The record.
    public var subject: String
    /// Which change of the record it is.
    public var version: String
    /// What kind of thing happened; null: no publisher has reported it.
    @OrNull public var type: String?
    /// The highest number of a try.
    public var attempts: Int
    /// Since when it stands so (RFC 3339).
    @OrNull public var since: String?
    /// When the next try comes at the earliest (RFC 3339); null: none does.
    @OrNull public var until: String?
    /// Why the office does not have it; null: it does.
    @OrNull public var reason: String?
    /// When it was published (RFC 3339); by its version's clock where no publisher has reported that.
    public var published: String
    /// When the ledger heard of the event first (RFC 3339).
    public var heard: String
    /// From the publication until the office had it, in milliseconds; where it does not have it, until now.
    public var delayMilliseconds: Int
    /// What names this place in the list, for the part that comes after it.
    public var place: String

    init(_ delivery: LedgerDelivery, at now: Timestamp) {
        let entry = delivery.event.entry
        let word: Standing.Word =
            switch delivery.state.word {
            case .done(let done): .done(done)
            case .waiting(let waiting): .waiting(waiting)
            case .dead(let dead): .dead(dead)
            }
        let standing = Standing(office: delivery.office, word: word, attempts: delivery.state.attempts)
        let row = StatusRow(
            standing, event: entry.event, version: entry.version, publishedAt: entry.publishedAt, at: now)
        office = row.office
        state = row.state
        event = row.event
        subject = entry.subject.text
        version = row.version
        attempts = row.attempts
        published = entry.publishedAt.rfc3339
        heard = delivery.event.heardAt.rfc3339
        delayMilliseconds = row.delayMilliseconds
        place = delivery.place
        type = entry.publication?.type.text
        since = row.since
        until = row.until
        reason = row.reason
    }

    public static let columns: [TableColumn<DeliveryRow>] = [
        .text("OFFICE") { $0.office },
        .text("STATE") { $0.state },
        .text("RECORD") { $0.subject },
        .text("EVENT") { $0.event },
        .text("SINCE") { $0.since ?? "-" },
        .quantity("DELAY") { NumberText.delay(milliseconds: $0.delayMilliseconds) },
        .number("TRIES") { $0.attempts },
        .text("WHY", isFlexible: true) { row in
            [row.until.map { "again at \($0)" }, row.reason].compactMap(\.self).joined(separator: ": ")
        },
    ]
}

/// An event that the ledger has heard of.
public struct EventRow: Encodable, Sendable, Hashable {
    /// The event's id.
    public var event: String
    /// The record.
    public var subject: String
    /// Which change of the record it is.
    public var version: String
    /// Who made the change; null, as what is said of the publication: no publisher has reported it.
    @OrNull public var source: String?
    /// What kind of thing happened.
    @OrNull public var type: String?
    /// The region or tenant that it concerns; null also where there is none.
    @OrNull public var scope: String?
    /// When it was published (RFC 3339); by its version's clock where no publisher has reported that.
    public var published: String
    /// `confirmed`, `unrouted` or `refused`.
    @OrNull public var publication: String?
    /// When the ledger heard of it first (RFC 3339).
    public var heard: String
    /// How many offices have it.
    public var held: Int
    /// How many offices try it again.
    public var waiting: Int
    /// How many offices gave it up.
    public var dead: Int
    /// What names this place in the list, for the part that comes after it.
    public var place: String

    init(_ event: ListedEvent) {
        let entry = event.entry
        self.event = entry.event.text
        subject = entry.subject.text
        version = entry.version.description
        published = entry.publishedAt.rfc3339
        heard = event.heardAt.rfc3339
        place = event.place
        (held, waiting, dead) = (0, 0, 0)
        let known = StatusReport.Event(entry)
        source = known.source
        type = known.type
        scope = known.scope
        publication = known.publication
        for delivery in entry.deliveries.values {
            switch delivery.word {
            case .done: held += 1
            case .waiting: waiting += 1
            case .dead: dead += 1
            }
        }
    }
}
