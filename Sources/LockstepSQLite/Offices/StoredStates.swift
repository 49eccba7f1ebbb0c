import GRDB
public import Lockstep

/// All that an office knows of its records, in pages.
///
/// Neither are all in memory at once, nor does a slow reader keep the worker from clearing its log. While a worker
/// writes, what is read later is newer; no record comes twice.
public struct StoredStates: AsyncSequence, Sendable {
    /// How many records a page has at most.
    private static let page = 100

    /// Reads one page after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let database: StoreDatabase
        fileprivate var last: Int64 = 0

        /// The next page, never empty; nil after the last one.
        public mutating func next() async throws(LockstepError) -> [RecordState]? {
            let (states, end) = try await StoredStates.states(after: last, in: database)
            last = end
            return states.isEmpty ? nil : states
        }
    }

    let database: StoreDatabase

    public func makeAsyncIterator() -> Iterator {
        Iterator(database: database)
    }

    fileprivate static func states(
        after last: Int64, in database: StoreDatabase
    ) async throws(LockstepError) -> (states: [RecordState], end: Int64) {
        try await database.read { db in
            let statement = try DirectStatement(
                db, sql: "SELECT id, subject, registers, routes FROM records WHERE id > ? ORDER BY id LIMIT \(page)")
            var states: [RecordState] = []
            var end = last
            try statement.each {
                $0.set(1, to: last)
            } _: { row in
                end = row.number(0)
                let record = try Lockstep.Record(subject: try Subject(row.text(1) ?? ""), encoded: row.bytes(2))
                states.append(RecordState(record, routes: RecordRoutes(row.text(3)).keys))
            }
            return (states, end)
        }
    }
}

extension OfficeReader {
    /// All that the office knows of its records, in pages.
    public var states: StoredStates { StoredStates(database: database) }
}
