import GRDB
public import Lockstep

/// All records of an office, by subject.
///
/// Read a hundred at a time: neither are all in memory at once, nor does a slow reader keep the worker from clearing
/// its log. While a worker writes, what is read later is newer; no record comes twice.
public struct StoredRecords: AsyncSequence, Sendable {
    /// Reads one record after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let database: StoreDatabase
        fileprivate var page: ArraySlice<StoredRecord> = []
        fileprivate var last: Subject?
        fileprivate var isAtEnd = false

        /// The next record; nil after the last one.
        public mutating func next() async throws(LockstepError) -> StoredRecord? {
            if page.isEmpty, !isAtEnd {
                page = try await records(after: last)[...]
                isAtEnd = page.isEmpty
            }
            guard let record = page.popFirst() else { return nil }
            last = record.subject
            return record
        }

        private func records(after last: Subject?) async throws(LockstepError) -> [StoredRecord] {
            try await database.read { db in
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT subject, version, deleted, data FROM records
                        WHERE subject > ? ORDER BY subject LIMIT 100
                        """
                )
                // No subject is empty.
                let rows = try Row.fetchAll(statement, arguments: [last?.text ?? ""])
                return try rows.map { row in
                    StoredRecord(
                        subject: try Subject(row[0] as String),
                        version: try Version(row[1] as String),
                        deleted: row[2],
                        data: row[3]
                    )
                }
            }
        }
    }

    let database: StoreDatabase

    public func makeAsyncIterator() -> Iterator {
        Iterator(database: database)
    }
}
