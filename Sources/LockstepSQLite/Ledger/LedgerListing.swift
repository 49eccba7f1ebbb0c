import GRDB
import Lockstep

/// Lists the deliveries and the events of a ledger, the newest first, each part by way of an index.
///
/// Deliveries come by the row of their event, in which the ledger heard of them; those about a record by its version.
struct LedgerListing {
    /// What a delivery is found by.
    struct Key: Hashable, Comparable {
        var event: Int64
        var office: Int64

        static func < (one: Key, other: Key) -> Bool { (one.event, one.office) < (other.event, other.office) }
    }

    static let all = """
        SELECT event, office FROM deliveries WHERE (event, office) < (?1, ?2) AND event >= ?3
        ORDER BY event DESC, office DESC LIMIT ?4
        """
    static let ofState = """
        SELECT event FROM deliveries WHERE office = ?1 AND state = ?2 AND event BETWEEN ?3 AND ?4
        ORDER BY event DESC LIMIT ?5
        """
    static let ofEvent = "SELECT office, state FROM deliveries WHERE event = ?1 AND office < ?2 ORDER BY office DESC"
    static let eventsOfRecord = """
        SELECT id, version, heard FROM events WHERE subject = ?1 AND (version, id) <= (?2, ?3)
        ORDER BY version DESC, id DESC LIMIT ?4
        """
    static let firstHeard = "SELECT id FROM events WHERE heard >= ? ORDER BY heard, id LIMIT 1"
    static let lastHeard = "SELECT id FROM events WHERE heard < ? ORDER BY heard DESC, id DESC LIMIT 1"

    /// More than any row's number, and a text after each version.
    private static let end = LedgerPlace(event: .max, office: .max, version: "~")
    /// How many events of a record are looked at at a time.
    private static let leg = 500

    let db: Database

    /// The deliveries that are meant, after a place.
    func deliveries(_ question: DeliveryQuestion, after place: LedgerPlace?, limit: Int) throws -> [Key] {
        let offices = try offices(question.office)
        guard limit > 0, !offices.isEmpty else { return [] }
        let place = place ?? Self.end
        if let subject = question.events.subject {
            return try ofRecord(subject, question, Set(offices), after: place, limit)
        }
        guard let rows = try rows(of: question.events) else { return [] }
        if question.office == nil, question.word == nil { return try all(rows, after: place, limit) }
        var newest = NewestDeliveries(limit: limit)
        for office in offices {
            for word in question.word.map({ [$0] }) ?? DeliveryWord.allCases {
                try take(office, word, rows, after: place, into: &newest)
            }
        }
        return newest.keys
    }

    /// The events that are meant, after a place.
    func events(_ question: EventQuestion, after place: LedgerPlace?, limit: Int) throws -> [Int64] {
        guard limit > 0 else { return [] }
        let place = place ?? Self.end
        var found: [Int64] = []
        if let subject = question.subject {
            try eachEvent(of: subject, from: place) { row, _, heard in
                if row != place.event, Self.isMeant(heard, question) { found.append(row) }
                return found.count < limit
            }
            return found
        }
        guard let rows = try rows(of: question) else { return [] }
        try DirectStatement(db, sql: LedgerEvents.newest).each {
            $0.set(1, to: min(place.event - 1, rows.upperBound))
            $0.set(2, to: rows.lowerBound)
            $0.set(3, to: Int64(limit))
        } _: {
            found.append($0.number(0))
        }
        return found
    }

    /// The numbers of the offices that are meant; none where the ledger has never heard of the one that is.
    private func offices(_ name: OfficeName?) throws -> [Int64] {
        var numbers: [Int64] = []
        let condition = name == nil ? "" : " WHERE name = ?"
        try DirectStatement(db, sql: "SELECT id FROM offices\(condition)").each {
            if let name { $0.set(1, to: name.text) }
        } _: {
            numbers.append($0.number(0))
        }
        return numbers
    }

    /// The rows of the events that the ledger heard of within a time; nil: there are none.
    private func rows(of question: EventQuestion) throws -> ClosedRange<Int64>? {
        func row(_ sql: String, _ moment: Timestamp?, or standard: Int64) throws -> Int64? {
            guard let moment else { return standard }
            return try DirectStatement(db, sql: sql).first(
                binding: { $0.set(1, to: moment.microseconds) }, { $0.number(0) })
        }
        guard let first = try row(Self.firstHeard, question.since, or: 0),
            let last = try row(Self.lastHeard, question.until, or: .max), first <= last
        else { return nil }
        return first...last
    }

    private func all(_ rows: ClosedRange<Int64>, after place: LedgerPlace, _ limit: Int) throws -> [Key] {
        let isWithin = place.event <= rows.upperBound
        var keys: [Key] = []
        try DirectStatement(db, sql: Self.all).each {
            $0.set(1, to: isWithin ? place.event : rows.upperBound)
            $0.set(2, to: isWithin ? place.office : .max)
            $0.set(3, to: rows.lowerBound)
            $0.set(4, to: Int64(limit))
        } _: {
            keys.append(Key(event: $0.number(0), office: $0.number(1)))
        }
        return keys
    }

    private func take(
        _ office: Int64, _ word: DeliveryWord, _ rows: ClosedRange<Int64>, after place: LedgerPlace,
        into newest: inout NewestDeliveries
    ) throws {
        let last = min(rows.upperBound, office < place.office ? place.event : place.event - 1)
        let first = max(rows.lowerBound, newest.floor)
        guard first <= last else { return }
        try DirectStatement(db, sql: Self.ofState).each {
            $0.set(1, to: office)
            $0.set(2, to: word.number)
            $0.set(3, to: first)
            $0.set(4, to: last)
            $0.set(5, to: Int64(newest.limit))
        } _: {
            newest.add(Key(event: $0.number(0), office: office))
        }
    }

    private func ofRecord(
        _ subject: Subject, _ question: DeliveryQuestion, _ offices: Set<Int64>, after place: LedgerPlace, _ limit: Int
    ) throws -> [Key] {
        var keys: [Key] = []
        let statement = try DirectStatement(db, sql: Self.ofEvent)
        try eachEvent(of: subject, from: place) { row, _, heard in
            guard Self.isMeant(heard, question.events) else { return true }
            try statement.each {
                $0.set(1, to: row)
                $0.set(2, to: row == place.event ? place.office : .max)
            } _: {
                let (office, state) = ($0.number(0), $0.number(1))
                let isMeant = offices.contains(office) && question.word.map { $0.number == state } ?? true
                if isMeant { keys.append(Key(event: row, office: office)) }
            }
            return keys.count < limit
        }
        return Array(keys.prefix(limit))
    }

    /// Shows a record's events, the newest first, from a place on, until `body` has seen enough.
    private func eachEvent(
        of subject: Subject, from place: LedgerPlace,
        _ body: (_ row: Int64, _ version: String, _ heard: Int64) throws -> Bool
    ) throws {
        var (version, row) = (place.version, place.event)
        while true {
            var leg: [(row: Int64, version: String, heard: Int64)] = []
            try DirectStatement(db, sql: Self.eventsOfRecord).each {
                $0.set(1, to: subject.text)
                $0.set(2, to: version)
                $0.set(3, to: row)
                $0.set(4, to: Int64(Self.leg))
            } _: {
                leg.append(($0.number(0), $0.text(1) ?? "", $0.number(2)))
            }
            for event in leg {
                guard try body(event.row, event.version, event.heard) else { return }
            }
            guard leg.count == Self.leg, let last = leg.last else { return }
            (version, row) = (last.version, last.row - 1)
        }
    }

    private static func isMeant(_ heard: Int64, _ question: EventQuestion) -> Bool {
        (question.since.map { heard >= $0.microseconds } ?? true)
            && (question.until.map { heard < $0.microseconds } ?? true)
    }
}

extension DeliveryWord {
    /// By their numbers in the file: the column `state`.
    private static let inOrder: [DeliveryWord] = [
        .applied, .merged, .conflict, .duplicate, .superseded, .waiting, .dead,
    ]

    var number: Int64 {
        guard let index = Self.inOrder.firstIndex(of: self) else { preconditionFailure("every word has a number") }
        return Int64(index)
    }
}
