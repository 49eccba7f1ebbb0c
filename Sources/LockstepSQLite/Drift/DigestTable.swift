import Foundation
import GRDB
import Lockstep

/// The tables `digests` and `digest_changes` of a replica: the upper three levels of its digest tree.
///
/// `digests` is 256 rows of sixteen digests each, 100 KB in all, of which a batch of scattered records would touch every
/// page. So a batch adds one row to `digest_changes`, and every so often these are added up. What is below the three
/// levels is computed from the records when it is asked for, some 250 of them in a million at a time.
struct DigestTable {
    let db: Database

    private static let rows = 256
    /// How many batches' changes are kept at most.
    private static let mostChanges = 64

    /// Adds what a batch changes.
    func add(_ changes: DigestChanges) throws {
        guard !changes.isEmpty else { return }
        try DirectStatement(db, sql: "INSERT INTO digest_changes (changes) VALUES (?)").run {
            $0.set(1, to: changes.bytes)
        }
        // The numbers begin with 1 where the table is empty.
        if db.lastInsertedRowID >= Self.mostChanges { try addUp() }
    }

    /// Adds the changes up that were kept.
    private func addUp() throws {
        var rows: [UInt64: DigestRow] = [:]
        try eachChange { prefix, child, digest in
            if rows[prefix] == nil { rows[prefix] = try row(prefix) }
            rows[prefix]?.add(digest, to: child)
        }
        let storing = try DirectStatement(
            db,
            sql: """
                INSERT INTO digests (prefix, children) VALUES (?1, ?2)
                ON CONFLICT (prefix) DO UPDATE SET children = excluded.children
                """)
        for (prefix, row) in rows {
            try storing.run {
                $0.set(1, to: Int64(prefix))
                $0.set(2, to: row.bytes)
            }
        }
        try db.execute(sql: "DELETE FROM digest_changes")
    }

    private func row(_ prefix: UInt64) throws -> DigestRow {
        let bytes = try DirectStatement(db, sql: "SELECT children FROM digests WHERE prefix = ?").first {
            $0.set(1, to: Int64(prefix))
        } _: {
            $0.bytes(0)
        }
        return DigestRow(bytes ?? [])
    }

    private func eachChange(_ body: (_ prefix: UInt64, _ child: Int, _ digest: DriftDigest) throws -> Void) throws {
        try DirectStatement(db, sql: "SELECT changes FROM digest_changes").each { _ in
        } _: { row in
            for (bucket, digest) in DigestChanges(row.bytes(0)).changes {
                try body(UInt64(bucket >> 4), Int(bucket & 0xF), digest)
            }
        }
    }

    /// The digests of all nodes with three digits, in order.
    ///
    /// Where somebody else has deleted records, they are counted anew.
    func buckets() throws -> [DriftDigest] {
        var all = [DriftDigest](repeating: DriftDigest(), count: Self.rows * DriftPrefix.fanOut)
        var stale: Set<UInt64> = []
        for row in try Row.fetchAll(db, sql: "SELECT prefix, children, stale FROM digests") {
            let prefix: Int = row[0]
            guard (0..<Self.rows).contains(prefix) else { continue }
            if row[2] { stale.insert(UInt64(prefix)) }
            let digests = row[2] ? try count(prefix) : DigestRow([UInt8](row[1] as Data)).digests
            all.replaceSubrange(prefix * DriftPrefix.fanOut..<(prefix + 1) * DriftPrefix.fanOut, with: digests)
        }
        try eachChange { prefix, child, digest in
            // What is counted anew has the changes in it.
            if !stale.contains(prefix) { all[Int(prefix) * DriftPrefix.fanOut + child] += digest }
        }
        return all
    }

    /// Gives records their places that have none, and counts anew what is stale.
    ///
    /// A file of an older release has neither; nor has what somebody inserted by hand.
    func complete() throws {
        let known = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM records WHERE place IS NULL) OR EXISTS (SELECT 1 FROM digests WHERE stale)
                """
        )
        guard known == true else { return }
        try db.inTransaction(.immediate) {
            while try givePlaces() {}
            try addUp()
            for prefix in try Int.fetchAll(db, sql: "SELECT prefix FROM digests WHERE stale") { try recount(prefix) }
            return .commit
        }
    }

    private func givePlaces() throws -> Bool {
        let rows = try Row.fetchAll(db, sql: "SELECT id, subject FROM records WHERE place IS NULL LIMIT 1000")
        let placing = try db.cachedStatement(sql: "UPDATE records SET place = ? WHERE id = ?")
        let marking = try db.cachedStatement(
            sql: "INSERT INTO digests (prefix, children, stale) VALUES (?, x'', 1) ON CONFLICT DO UPDATE SET stale = 1"
        )
        for row in rows {
            let place = Int64(DriftPlace(of: try Subject(row[1] as String)).bits)
            try placing.execute(arguments: [place, row[0] as Int64])
            try marking.execute(arguments: [place >> 52])
        }
        return !rows.isEmpty
    }

    /// Counts the records below a node with two digits anew, and keeps that.
    func recount(_ prefix: Int) throws {
        var row = DigestRow([])
        for (index, digest) in try count(prefix).enumerated() { row.add(digest, to: index) }
        try db.cachedStatement(
            sql: """
                INSERT INTO digests (prefix, children, stale) VALUES (?1, ?2, 0)
                ON CONFLICT (prefix) DO UPDATE SET children = excluded.children, stale = 0
                """
        ).execute(arguments: [prefix, Data(row.bytes)])
    }

    private func count(_ prefix: Int) throws -> [DriftDigest] {
        try DriftRecords(db: db).children(of: DriftPrefix(depth: 2, bits: UInt64(prefix)))
    }
}
