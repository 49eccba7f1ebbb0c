/// How records of one kind become entries of an office's calendar.
public struct CalendarMapping: Sendable, Hashable {
    /// Which records: those that an event of a matching type was about.
    public var match: TopicPattern
    /// What a person calls the entry.
    public var title: Template
    /// What kind of thing it is.
    public var what: Template?
    /// Where it takes place.
    public var place: Template?
    /// When it starts.
    public var starts: Template?
    /// When it ends.
    public var ends: Template?
    /// How far it is.
    public var status: Template?
    /// Whose clocks times without an offset are of; nil: UTC, and midnight UTC counts as a day.
    public var timeZone: TimeZoneRules?
    /// What the records book, if they do; from `starts` to `ends`.
    public var booking: BookingMapping?

    /// A mapping.
    public init(
        match: TopicPattern,
        title: Template,
        what: Template? = nil,
        place: Template? = nil,
        starts: Template? = nil,
        ends: Template? = nil,
        status: Template? = nil,
        timeZone: TimeZoneRules? = nil,
        booking: BookingMapping? = nil
    ) {
        self.match = match
        self.title = title
        self.what = what
        self.place = place
        self.starts = starts
        self.ends = ends
        self.status = status
        self.timeZone = timeZone
        self.booking = booking
    }

    /// Why a record cannot become an entry.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// Which part of the entry, and what is wrong with it; no contents.
        public let reason: String

        public var description: String { reason }
    }

    /// Makes the entry of a record as an office shows it.
    ///
    /// - Throws: ``Refusal`` if `starts` or `ends` holds text that is no date, or the end does not follow the start.
    public func entry(subject: Subject, version: Version, data: JSONObject) throws(Refusal) -> CalendarEntry {
        let starts = try date("starts", starts?.fill(from: data))
        let ends = try date("ends", ends?.fill(from: data))
        if let starts, let ends, starts.count == ends.count, ends < starts {
            throw Refusal(reason: "calendar: 'ends' lies before 'starts'")
        }
        return CalendarEntry(
            subject: subject,
            title: title.fill(from: data),
            what: what?.fill(from: data) ?? "",
            place: place?.fill(from: data) ?? "",
            starts: starts,
            ends: ends,
            status: status?.fill(from: data) ?? "",
            version: version
        )
    }

    private func date(_ part: String, _ text: String?) throws(Refusal) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard let date = CalendarDate.normalized(text, in: timeZone) else {
            throw Refusal(reason: "calendar: '\(part)' is not a date; it needs a form like 2024-04-01")
        }
        return date
    }
}

extension Sequence where Element == CalendarMapping {
    /// The first mapping that fits a record that events of these types were about.
    public func mapping(forTypes types: [String]) -> CalendarMapping? {
        first { mapping in types.contains { mapping.match.matches($0) } }
    }
}
