import Lockstep
import LockstepSQLite

/// Reads the ledger and the replicas side by side, record by record.
///
/// Each is read in pages while its writer goes on: the report is of one moment by the times that are written down, and
/// a record that changes just then is shown by what was read.
struct ReportSources {
    private struct Ledger {
        var iterator: LedgerEntries.Iterator
        var head: LedgerEntry?
    }

    private struct Replica {
        let office: OfficeName
        var iterator: HeldRecords.Iterator
        var head: HeldRecord?
    }

    private var ledger: Ledger?
    private var replicas: [Replica] = []

    /// Begins to read.
    init(ledger: SQLiteLedgerReader?, replicas: [(office: OfficeName, reader: OfficeReader)]) async throws {
        if let ledger {
            var iterator = ledger.entries.makeAsyncIterator()
            let head = try await iterator.next()
            self.ledger = Ledger(iterator: iterator, head: head)
        }
        for (office, reader) in replicas {
            var iterator = reader.held.makeAsyncIterator()
            let head = try await iterator.next()
            self.replicas.append(Replica(office: office, iterator: iterator, head: head))
        }
    }

    /// The next record, by subject; nil after the last one.
    mutating func next() async throws -> ReportedRecord? {
        let heads = replicas.compactMap(\.head?.subject) + [ledger?.head?.subject].compactMap(\.self)
        guard let subject = heads.min() else { return nil }
        var record = ReportedRecord(subject: subject)
        if var ledger {
            while let entry = ledger.head, entry.subject == subject {
                record.entries.append(entry)
                ledger.head = try await ledger.iterator.next()
            }
            self.ledger = ledger
        }
        for index in replicas.indices where replicas[index].head?.subject == subject {
            var replica = replicas[index]
            record.held[replica.office] = replica.head
            replica.head = try await replica.iterator.next()
            replicas[index] = replica
        }
        return record
    }
}
