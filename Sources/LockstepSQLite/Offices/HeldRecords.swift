import GRDB
public import Lockstep

/// All records of an office with what they are compared by, by subject.
///
/// Read some hundred at a time, as ``StoredRecords`` are.
public struct HeldRecords: AsyncSequence, Sendable {
    private static let page = 500

    /// Reads one record after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let database: StoreDatabase
        private var page: ArraySlice<HeldRecord> = []
        private var last = ""
        private var isAtEnd = false

        fileprivate init(database: StoreDatabase) {
            self.database = database
        }

        /// The next record; nil after the last one.
        public mutating func next() async throws(LockstepError) -> HeldRecord? {
            if page.isEmpty, !isAtEnd {
                page = try await records(after: last)[...]
                isAtEnd = page.isEmpty
            }
            guard let record = page.popFirst() else { return nil }
            last = record.subject.text
            return record
        }

        private func records(after last: String) async throws(LockstepError) -> [HeldRecord] {
            try await database.read { db in
                try HeldRecords.select(db, "subject > ?1 ORDER BY subject LIMIT \(HeldRecords.page)", last)
            }
        }
    }

    fileprivate static func select(_ db: Database, _ condition: String, _ subject: String) throws -> [HeldRecord] {
        let statement = try DirectStatement(
            db, sql: "SELECT subject, version, registers, types, routes FROM records WHERE \(condition)")
        var records: [HeldRecord] = []
        try statement.each {
            $0.set(1, to: subject)
        } _: { row in
            guard let subject = row.text(0), let version = row.text(1), let types = row.text(3) else { return }
            records.append(
                HeldRecord(
                    subject: try Subject(subject), version: try Version(version), registers: row.bytes(2),
                    types: types.split(separator: " ").map(String.init),
                    routes: RecordRoutes(row.text(4)).keys))
        }
        return records
    }

    let database: StoreDatabase

    public func makeAsyncIterator() -> Iterator {
        Iterator(database: database)
    }
}

extension OfficeReader {
    /// All records with what they are compared by, by subject.
    public var held: HeldRecords { HeldRecords(database: database) }

    /// One record with what it is compared by; nil: the office has never heard of it.
    public func held(_ subject: Subject) async throws(LockstepError) -> HeldRecord? {
        try await database.read { db in try HeldRecords.select(db, "subject = ?1", subject.text).first }
    }
}
