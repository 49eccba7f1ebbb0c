import Lockstep

/// How an office sees its records: what it shows of conflicts, and what its calendar makes of them.
struct ReplicaView: Sendable {
    /// What of a record stands in the calendar.
    enum Showing {
        case entry(CalendarEntry)
        /// No mapping is for records of this kind.
        case unmapped
        case deleted
        /// Its mapping cannot make an entry of it; the former one stays.
        case refused(reason: String)
    }

    let office: OfficeName
    let conflicts: ConflictPolicy
    let calendar: [CalendarMapping]
    /// Which conflicts the office announces; nil: none.
    var announcement: ConflictAnnouncement?
    /// Where announcements go.
    var outbox: SQLiteOutbox?

    func data(of record: Record) -> JSONObject? {
        record.shown(by: conflicts)
    }

    func showing(of record: Record, version: Version, data: JSONObject?) -> Showing {
        guard let data else { return .deleted }
        guard let mapping = calendar.mapping(forTypes: record.types) else { return .unmapped }
        do throws(CalendarMapping.Refusal) {
            return .entry(try mapping.entry(subject: record.subject, version: version, data: data))
        } catch {
            return .refused(reason: error.reason)
        }
    }

    /// Whether records can book something.
    var hasBookings: Bool { calendar.contains { $0.booking != nil } }

    /// What a record claims.
    func claim(of record: Record, shown data: JSONObject?) -> BookingClaim {
        calendar.mapping(forTypes: record.types)?.claim(of: record, shown: data, by: conflicts) ?? .nothing
    }

    /// A text that is another one when the view may show the same records otherwise.
    var fingerprint: String {
        let resolvers = conflicts.fields.sorted { $0.key < $1.key }.map { field, resolver in
            "\(JSONText(string: field).text): \(resolver)"
        }
        let mappings = calendar.map { mapping in
            [mapping.title, mapping.what, mapping.place, mapping.starts, mapping.ends, mapping.status]
                .reduce(mapping.match.text) { $0 + "\u{1F}" + ($1?.text ?? "\u{1E}") }
                + Self.bookingFingerprint(of: mapping)
        }
        return (["\(conflicts.standard)"] + resolvers + mappings).joined(separator: "\n")
    }

    /// Empty without time zone and booking.
    ///
    /// A time zone's rules count, too: a newer release of them may judge otherwise.
    private static func bookingFingerprint(of mapping: CalendarMapping) -> String {
        var parts: [String] = []
        if let zone = mapping.timeZone { parts += ["timezone", zone.name, zone.checksum] }
        if let booking = mapping.booking { parts += ["booking", booking.resource.text] + booking.cancelled }
        return parts.reduce("") { $0 + "\u{1F}" + $1 }
    }
}
