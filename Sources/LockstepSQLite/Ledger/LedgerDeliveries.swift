import GRDB
import Lockstep

/// The table `deliveries` of a ledger.
struct LedgerDeliveries {
    let db: Database

    static let columns = """
        attempts, outcome, done, waiting_attempt, waiting_until, waiting_reason, waiting_at, dead_attempt, dead_reason,
        dead_at
        """

    /// What taking in a receipt has changed.
    struct Change {
        let before: DeliveryState?
        let after: DeliveryState
    }

    /// Takes in what an office has said of an event; nothing is written where that was known, and nil returned.
    func join(_ state: DeliveryState, event: Int64, office: Int64) throws -> Change? {
        let selection = try DirectStatement(
            db, sql: "SELECT \(Self.columns) FROM deliveries WHERE event = ? AND office = ?")
        let known = try selection.first {
            $0.set(1, to: event)
            $0.set(2, to: office)
        } _: {
            DeliveryState($0, from: 0)
        }
        var joined = state
        if let known {
            joined.join(known)
            if joined == known { return nil }
        }
        try store(joined, event: event, office: office)
        return Change(before: known, after: joined)
    }

    private func store(_ state: DeliveryState, event: Int64, office: Int64) throws {
        let statement = try DirectStatement(
            db,
            sql: """
                INSERT OR REPLACE INTO deliveries (event, office, \(Self.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.run {
            $0.set(1, to: event)
            $0.set(2, to: office)
            $0.set(3, to: Int64(state.attempts))
            $0.set(4, to: state.done?.outcome.stored)
            $0.set(5, to: state.done?.at.microseconds)
            $0.set(6, to: state.waiting.map { Int64($0.attempt) })
            $0.set(7, to: state.waiting?.until.microseconds)
            $0.set(8, to: state.waiting?.reason)
            $0.set(9, to: state.waiting?.at.microseconds)
            $0.set(10, to: state.dead.map { Int64($0.attempt) })
            $0.set(11, to: state.dead?.reason)
            $0.set(12, to: state.dead?.at.microseconds)
        }
    }

    /// What the offices have said of an event, by their numbers.
    func numbered(of event: Int64) throws -> [(office: Int64, state: DeliveryState)] {
        let statement = try DirectStatement(db, sql: "SELECT office, \(Self.columns) FROM deliveries WHERE event = ?")
        var states: [(Int64, DeliveryState)] = []
        try statement.each {
            $0.set(1, to: event)
        } _: { row in
            states.append((row.number(0), DeliveryState(row, from: 1)))
        }
        return states
    }

    static let ofEvent = """
        SELECT name, \(columns) FROM deliveries CROSS JOIN offices ON offices.id = office WHERE event = ?
        """

    /// What the offices have said of an event.
    func all(of event: Int64) throws -> [OfficeName: DeliveryState] {
        let statement = try DirectStatement(db, sql: Self.ofEvent)
        var states: [OfficeName: DeliveryState] = [:]
        try statement.each {
            $0.set(1, to: event)
        } _: { row in
            guard let name = row.text(0) else { return }
            states[try OfficeName(name)] = DeliveryState(row, from: 1)
        }
        return states
    }
}

extension DeliveryState {
    /// What stands in the columns of ``LedgerDeliveries``, beginning with this one.
    init(_ row: DirectStatement.Columns, from first: Int32) {
        func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: row.number(first + column)) }
        self.init(
            done: row.optionalNumber(first + 1).flatMap { MergeOutcome(stored: $0) }.map { Done($0, at: time(2)) },
            waiting: row.optionalNumber(first + 3).map {
                Waiting(attempt: Int($0), until: time(4), reason: row.text(first + 5) ?? "", at: time(6))
            },
            dead: row.optionalNumber(first + 7).map {
                Dead(attempt: Int($0), reason: row.text(first + 8) ?? "", at: time(9))
            },
            attempts: Int(row.number(first))
        )
    }
}

extension MergeOutcome {
    /// By their numbers in the file.
    private static let inOrder: [MergeOutcome] = [.applied, .merged, .conflict, .duplicate, .superseded]

    fileprivate var stored: Int64 {
        guard let index = Self.inOrder.firstIndex(of: self) else { preconditionFailure("every outcome has a number") }
        return Int64(index)
    }

    init?(stored number: Int64) {
        guard Self.inOrder.indices.contains(Int(number)) else { return nil }
        self = Self.inOrder[Int(number)]
    }
}
