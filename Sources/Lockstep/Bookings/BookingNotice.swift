/// News for the office that made a claim: its booking is refused, refused by another one, or stands after all.
public struct BookingNotice: Sendable, Hashable {
    /// What became of the booking.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It does not stand.
        case refused
        /// It was refused, and stands now.
        case stands
    }

    /// The record that booked.
    public var subject: Subject
    /// What it booked.
    public var resource: BookingResource
    /// When; nil: nobody can say.
    public var span: BookingSpan?
    /// The change that claimed it.
    public var claim: Version
    /// What became of it.
    public var state: State
    /// The record whose booking stands in its way, if one does.
    public var winner: Subject?
    /// Why it is refused, for people.
    public var reason: String?

    /// A notice.
    public init(
        subject: Subject, resource: BookingResource, span: BookingSpan?, claim: Version, state: State,
        winner: Subject? = nil, reason: String? = nil
    ) {
        self.subject = subject
        self.resource = resource
        self.span = span
        self.claim = claim
        self.state = state
        self.winner = winner
        self.reason = reason
    }

    /// Whether this office is to publish it: its own change made the claim.
    public func isOf(_ office: OfficeName) -> Bool {
        ByteOrder.equal(claim.origin.text, office.text)
    }

    /// The event `lockstep.booking.refused` or `lockstep.booking.stands`.
    ///
    /// Its subject is `booking-notice/`, the office and the record's: a record of its own, so that news of a booking is no
    /// change of it; and one for each office that claimed, so that two of them never contradict each other. A `replace`:
    /// the newest notice is all there is to know.
    /// - Throws: ``LockstepError`` with the code `invalidName` if the record's name is too long for that.
    public func draft() throws(LockstepError) -> EventDraft {
        var data: JSONObject = [
            "record": JSONText(string: subject.text), "resource": JSONText(string: resource.text),
            "claim": JSONText(string: claim.description), "state": JSONText(string: state.rawValue),
        ]
        if let span {
            data["starts"] = JSONText(string: span.starts.rfc3339)
            data["ends"] = JSONText(string: span.ends.rfc3339)
        }
        if let winner { data["winner"] = JSONText(string: winner.text) }
        if let reason { data["reason"] = JSONText(string: reason) }
        return EventDraft(
            try EventType("lockstep.booking.\(state.rawValue)"),
            about: try Subject("booking-notice/\(claim.origin.text)/\(subject.text)"), data, operation: .replace)
    }
}
