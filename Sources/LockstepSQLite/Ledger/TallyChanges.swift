import GRDB
import Lockstep

/// What a transaction changes in the counts that a ledger keeps beside its events and deliveries.
///
/// Gathered in memory and written once, before the transaction ends: many deliveries change few counts.
struct TallyChanges {
    /// What of an event decides where its deliveries are counted.
    struct Event: Hashable {
        /// What the broker routed it by; empty where it has not confirmed it, or nobody has said so.
        var route = ""
        /// When the publisher was given it; nil: no publisher has reported it.
        var publishedAt: Timestamp?
        /// When the ledger heard of it first, in microseconds since 1970.
        var heard: Int64

        /// What is known of the publication.
        init(_ publication: PublicationState?, heard: Int64) {
            self.heard = heard
            publishedAt = publication?.acceptedAt
            if let publication, publication.outcome == .confirmed { route = publication.routingKey }
        }
    }

    private struct Standing: Hashable {
        var office: Int64
        var route: String
        var word: Int64
    }

    private struct Excuse: Hashable {
        var office: Int64
        var route: String
    }

    private struct Delay: Hashable {
        var office: Int64
        var bucket: Int
    }

    private var standings: [Standing: Int] = [:]
    private var confirmed: [String: Int] = [:]
    private var delays: [Delay: Int] = [:]
    private var lastHeld: [Int64: Int64] = [:]
    private var excused: [Excuse: Int] = [:]
    /// From when on offices are expected to have events, by route.
    private let beginnings: [String: [LedgerBeginnings.Beginning]]

    init(_ beginnings: [String: [LedgerBeginnings.Beginning]] = [:]) {
        self.beginnings = beginnings
    }

    /// Counts an event, or takes it back where `times` is -1.
    mutating func count(_ event: Event, times: Int) {
        guard !event.route.isEmpty else { return }
        confirmed[event.route, default: 0] += times
        for beginning in beginnings[event.route] ?? [] where event.heard < beginning.since {
            excused[Excuse(office: beginning.office, route: event.route), default: 0] += times
        }
    }

    /// Counts what an office has said of an event, or takes it back where `times` is -1.
    mutating func count(_ state: DeliveryState, office: Int64, of event: Event, times: Int) {
        let word = state.word
        standings[Standing(office: office, route: event.route, word: word.number), default: 0] += times
        // Whoever speaks of an event needs no excuse for it any more.
        for beginning in beginnings[event.route] ?? [] where beginning.office == office && event.heard < beginning.since
        {
            excused[Excuse(office: office, route: event.route), default: 0] -= times
        }
        guard case .done(let done) = word else { return }
        if times > 0 { lastHeld[office] = max(lastHeld[office] ?? .min, done.at.microseconds) }
        guard let publishedAt = event.publishedAt else { return }
        let bucket = DelayHistogram.bucket(of: done.at.milliseconds - publishedAt.milliseconds)
        delays[Delay(office: office, bucket: bucket), default: 0] += times
    }

    /// Counts all that the ledger holds, row by row, each event's deliveries after one another.
    mutating func countAll(_ db: Database) throws {
        let rows = """
            SELECT events.id, office, heard, \(LedgerEvents.publication), \(LedgerDeliveries.columns)
            FROM events LEFT JOIN deliveries ON deliveries.event = events.id ORDER BY events.id
            """
        var last: (row: Int64, event: Event)?
        try DirectStatement(db, sql: rows).each { _ in
        } _: { row in
            let id = row.number(0)
            let event =
                if let last, last.row == id {
                    last.event
                } else {
                    Event(try LedgerEvents.publication(row, from: 3), heard: row.number(2))
                }
            if last?.row != id { count(event, times: 1) }
            last = (id, event)
            // No office: nobody has spoken of the event.
            guard let office = row.optionalNumber(1) else { return }
            count(DeliveryState(row, from: 10), office: office, of: event, times: 1)
        }
    }

    /// Adds all changes to what the tables hold; what nothing is left of goes.
    func write(_ db: Database) throws {
        try add(
            standings, db, "INSERT INTO standings (count, office, route, word) VALUES (?1, ?2, ?3, ?4)",
            "office, route, word", "office = ?2 AND route = ?3 AND word = ?4"
        ) {
            $0.set(2, to: $1.office)
            $0.set(3, to: $1.route)
            $0.set(4, to: $1.word)
        }
        try add(confirmed, db, "INSERT INTO confirmed (count, route) VALUES (?1, ?2)", "route", "route = ?2") {
            $0.set(2, to: $1)
        }
        try add(
            delays, db, "INSERT INTO delays (count, office, bucket) VALUES (?1, ?2, ?3)", "office, bucket",
            "office = ?2 AND bucket = ?3"
        ) {
            $0.set(2, to: $1.office)
            $0.set(3, to: Int64($1.bucket))
        }
        let excuses =
            try excused.isEmpty
            ? nil
            : DirectStatement(db, sql: "UPDATE beginnings SET excused = excused + ?1 WHERE route = ?2 AND office = ?3")
        for (excuse, change) in excused where change != 0 {
            try excuses?.run {
                $0.set(1, to: Int64(change))
                $0.set(2, to: excuse.route)
                $0.set(3, to: excuse.office)
            }
        }
        let office = try DirectStatement(
            db, sql: "UPDATE offices SET last_held = max(coalesce(last_held, ?2), ?2) WHERE id = ?1")
        for (number, moment) in lastHeld {
            try office.run {
                $0.set(1, to: number)
                $0.set(2, to: moment)
            }
        }
    }

    private func add<Key>(
        _ changes: [Key: Int], _ db: Database, _ insertion: String, _ key: String, _ row: String,
        binding bind: (DirectStatement.Bindings, Key) -> Void
    ) throws {
        let table = insertion.split(separator: " ")[2]
        let adding = try DirectStatement(
            db, sql: "\(insertion) ON CONFLICT (\(key)) DO UPDATE SET count = count + excluded.count")
        let removing = try DirectStatement(db, sql: "DELETE FROM \(table) WHERE count = ?1 AND \(row)")
        for (key, change) in changes where change != 0 {
            try adding.run {
                $0.set(1, to: Int64(change))
                bind($0, key)
            }
            guard change < 0 else { continue }
            try removing.run {
                $0.set(1, to: 0)
                bind($0, key)
            }
        }
    }
}

extension DeliveryState.Word {
    /// By their numbers in the file.
    fileprivate var number: Int64 {
        switch self {
        case .done: 0
        case .waiting: 1
        case .dead: 2
        }
    }
}
