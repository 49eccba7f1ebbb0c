import GRDB
import Lockstep

/// The tables `subscribers` and `beginnings` of a ledger: from when on an office is expected to have events.
struct LedgerBeginnings {
    /// From when on an office is expected to have events of a route.
    struct Beginning {
        let office: Int64
        let since: Int64
    }

    let db: Database

    /// All of them, by route.
    func all() throws -> [String: [Beginning]] {
        var beginnings: [String: [Beginning]] = [:]
        try DirectStatement(db, sql: "SELECT route, office, since FROM beginnings").each { _ in
        } _: { row in
            guard let route = row.text(0) else { return }
            beginnings[route, default: []].append(Beginning(office: row.number(1), since: row.number(2)))
        }
        return beginnings
    }

    /// Takes in who wants what now; routes that an office did not want before begin now.
    func note(_ subscriptions: [Subscription], at now: Timestamp) throws {
        var known = try wishes()
        for subscription in subscriptions {
            let office = try LedgerOffices(db: db).number(of: subscription.office)
            let wants = subscription.events.map(\.text).joined(separator: "\n")
            let before = known.removeValue(forKey: office) ?? ""
            guard wants != before else { continue }
            let patterns = before.split(separator: "\n").compactMap { try? TopicPattern(String($0)) }
            for (route, count) in try confirmed() where subscription.wants(route) {
                if patterns.contains(where: { $0.matches(route) }) { continue }
                try begin(route, office, at: now, excused: count - spoken(of: route, office))
            }
            try setWishes(wants, of: office)
        }
        for (office, wants) in known where !wants.isEmpty { try setWishes("", of: office) }
    }

    /// Forgets beginnings before which there are no events any more.
    func purge(before moment: Timestamp) throws {
        try DirectStatement(db, sql: "DELETE FROM beginnings WHERE since <= ? AND excused = 0").run {
            $0.set(1, to: moment.microseconds)
        }
    }

    private func wishes() throws -> [Int64: String] {
        var wishes: [Int64: String] = [:]
        try DirectStatement(db, sql: "SELECT office, wants FROM subscribers").each { _ in
        } _: { row in
            wishes[row.number(0)] = row.text(1) ?? ""
        }
        return wishes
    }

    private func setWishes(_ wants: String, of office: Int64) throws {
        let statement = try DirectStatement(db, sql: "INSERT OR REPLACE INTO subscribers (office, wants) VALUES (?, ?)")
        try statement.run {
            $0.set(1, to: office)
            $0.set(2, to: wants)
        }
    }

    private func confirmed() throws -> [(route: String, count: Int64)] {
        var routes: [(String, Int64)] = []
        try DirectStatement(db, sql: "SELECT route, count FROM confirmed").each { _ in
        } _: { row in
            if let route = row.text(0) { routes.append((route, row.number(1))) }
        }
        return routes
    }

    private func spoken(of route: String, _ office: Int64) throws -> Int64 {
        let statement = try DirectStatement(
            db, sql: "SELECT coalesce(sum(count), 0) FROM standings WHERE office = ? AND route = ?")
        return try statement.first {
            $0.set(1, to: office)
            $0.set(2, to: route)
        } _: {
            $0.number(0)
        } ?? 0
    }

    private func begin(_ route: String, _ office: Int64, at now: Timestamp, excused: Int64) throws {
        let statement = try DirectStatement(
            db, sql: "INSERT OR REPLACE INTO beginnings (route, office, since, excused) VALUES (?, ?, ?, ?)")
        try statement.run {
            $0.set(1, to: route)
            $0.set(2, to: office)
            $0.set(3, to: now.microseconds)
            $0.set(4, to: excused)
        }
    }
}
