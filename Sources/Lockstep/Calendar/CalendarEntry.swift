/// One line of an office's calendar, as its people and their programs read it.
public struct CalendarEntry: Sendable, Hashable {
    /// The record that it was made of.
    public var subject: Subject
    /// What a person calls it.
    public var title: String
    /// What kind of thing it is.
    public var what: String
    /// Where it takes place.
    public var place: String
    /// When it starts: a day (`2024-04-01`) or a moment in UTC (`2024-04-01T08:30:00Z`); nil: not settled.
    public var starts: String?
    /// When it ends, likewise; a moment itself is not part of it.
    public var ends: String?
    /// How far it is.
    public var status: String
    /// The newest version that shows in it.
    public var version: Version
    /// Why its booking does not stand, for people; nil: it stands, or books nothing.
    public var refused: String?
    /// The record whose booking stands in its way, if one does.
    public var refusedBy: Subject?

    /// An entry.
    public init(
        subject: Subject,
        title: String,
        what: String,
        place: String,
        starts: String?,
        ends: String?,
        status: String,
        version: Version,
        refused: String? = nil,
        refusedBy: Subject? = nil
    ) {
        self.subject = subject
        self.title = title
        self.what = what
        self.place = place
        self.starts = starts
        self.ends = ends
        self.status = status
        self.version = version
        self.refused = refused
        self.refusedBy = refusedBy
    }
}
