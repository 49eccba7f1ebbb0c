import GRDB
public import Lockstep

/// All events that a ledger knows, by record, and each record's by version.
///
/// Read some hundred at a time: neither are all in memory at once, nor is the ledger kept from clearing its log. Of what
/// it takes in meanwhile, some is in the answer and some is not.
public struct LedgerEntries: AsyncSequence, Sendable {
    private static let page = 500

    /// Reads one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let database: StoreDatabase
        private var page: ArraySlice<(row: Int64, entry: LedgerEntry)> = []
        private var last: (subject: String, version: String, row: Int64) = ("", "", 0)
        private var isAtEnd = false

        fileprivate init(database: StoreDatabase) {
            self.database = database
        }

        /// The next event; nil after the last one.
        public mutating func next() async throws(LockstepError) -> LedgerEntry? {
            if page.isEmpty, !isAtEnd {
                page = try await rows(after: last)[...]
                isAtEnd = page.isEmpty
            }
            guard let (row, entry) = page.popFirst() else { return nil }
            last = (entry.subject.text, entry.version.description, row)
            return entry
        }

        private func rows(
            after last: (subject: String, version: String, row: Int64)
        ) async throws(LockstepError) -> [(row: Int64, entry: LedgerEntry)] {
            try await database.read { db in
                try LedgerEvents(db: db).rows(LedgerEvents.after) {
                    $0.set(1, to: last.subject)
                    $0.set(2, to: last.version)
                    $0.set(3, to: last.row)
                    $0.set(4, to: Int64(LedgerEntries.page))
                }
            }
        }
    }

    let database: StoreDatabase

    public func makeAsyncIterator() -> Iterator {
        Iterator(database: database)
    }
}

extension SQLiteLedgerReader {
    /// All events, by record and version.
    public var entries: LedgerEntries { LedgerEntries(database: database) }

    /// The offices that have ever spoken, by name.
    public func offices() async throws(LockstepError) -> [OfficeName] {
        try await database.read { db in try LedgerOffices(db: db).all().sorted() }
    }
}
