/// The event `lockstep.conflict.opened`, which tells whoever subscribes to it that a person has to settle a conflict.
///
/// It is about a record of its own, `conflict/…`, one for each field of each record, so that the record in conflict is
/// not changed by it. Everything in it is derived from the conflict, also its id, source and version: where several
/// offices announce the same conflict, they publish the same event, and a subscriber takes the copies for duplicates.
package struct ConflictAnnouncement: Sendable {
    /// The event's type.
    package static let type = "lockstep.conflict.opened"
    /// The origin of all announcements, whichever office makes them.
    package static let source = "lockstep"

    /// The office that may announce.
    package let office: OfficeName
    /// The other offices that are known here.
    package let peers: [Subscription]

    package init(office: OfficeName, peers: [Subscription]) {
        self.office = office
        self.peers = peers.filter { $0.office != office }
    }

    /// Whether this office announces a conflict that it has noticed.
    ///
    /// Those do whose own value is among the others, so that a conflict of two among fifty offices is announced by two.
    /// Where no value is from an office that is known to leave it open, too, all announce: twice is better than never.
    package func announces(_ conflict: Conflict) -> Bool {
        guard conflict.isOpen, !conflict.subject.text.hasPrefix(Self.prefix) else { return false }
        let origins = conflict.values.map(\.version.origin.text)
        if origins.contains(office.text) { return true }
        return !peers.contains { peer in
            let resolver = peer.conflicts.fields[conflict.field] ?? peer.conflicts.standard
            return resolver.leavesOpen && origins.contains(peer.office.text)
        }
    }

    private static let prefix = "conflict/"

    /// The event.
    ///
    /// - Parameter scope: The scope of the record.
    package static func draft(of conflict: Conflict, scope: Scope?) throws(LockstepError) -> EventDraft {
        let source = try Origin(source)
        let newest = conflict.newest.reading
        return EventDraft(
            try EventType(type),
            about: try Subject(prefix + DerivedID.text(of: [conflict.subject.text, conflict.field])),
            [
                "conflict": JSONText(string: conflict.id),
                "record": JSONText(string: conflict.subject.text),
                "field": JSONText(string: conflict.field),
                "values": Conflict.Value.json(of: conflict.values, longest: 4096),
            ],
            scope: scope,
            source: source,
            id: try EventID(conflict.id),
            time: Timestamp(microseconds: newest.milliseconds * 1000),
            version: Version(reading: newest, origin: source)
        )
    }
}
