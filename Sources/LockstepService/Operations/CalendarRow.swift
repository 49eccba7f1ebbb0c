public import Lockstep

/// An entry of an office's calendar.
public struct CalendarRow: TableRow, Hashable {
    /// The record that it was made of.
    public var subject: String
    /// What a person calls it.
    public var title: String
    /// What kind of thing it is.
    public var what: String
    /// Where it takes place.
    public var place: String
    /// When it starts; null: not settled.
    @OrNull public var starts: String?
    /// When it ends; null: not settled.
    @OrNull public var ends: String?
    /// How far it is.
    public var status: String
    /// The newest version that shows in it.
    public var version: String
    /// Why its booking does not stand; null: it stands, or books nothing.
    @OrNull public var refused: String?
    /// The record whose booking stands in its way; null: none does.
    @OrNull public var refusedBy: String?

    /// An entry.
    public init(_ entry: CalendarEntry) {
        subject = entry.subject.text
        title = entry.title
        what = entry.what
        place = entry.place
        starts = entry.starts
        ends = entry.ends
        status = entry.status
        version = entry.version.description
        refused = entry.refused
        refusedBy = entry.refusedBy?.text
    }

    private enum CodingKeys: String, CodingKey {
        case subject, title, what, starts, ends, status, version, refused, refusedBy
        case place = "where"
    }

    public static let columns: [TableColumn<CalendarRow>] = [
        .text("STARTS") { $0.starts ?? "-" },
        .text("ENDS") { $0.ends ?? "-" },
        .text("TITLE", isFlexible: true) { $0.title },
        .text("WHAT", isFlexible: true) { $0.what },
        .text("WHERE", isFlexible: true) { $0.place },
        .text("STATUS", isFlexible: true) { $0.status },
        .text("REFUSED") { $0.refused == nil ? "" : $0.refusedBy.map { "by \($0)" } ?? "yes" },
        .text("SUBJECT") { $0.subject },
    ]
}
