import Foundation
import GRDB
import Lockstep

/// The table `digests` of a replica: the upper three levels of its digest tree.
///
/// 256 rows of sixteen digests each, 100 KB in all: a batch of scattered records writes to few pages of it. What is
/// below is computed from the records when it is asked for, some 250 of them in a million at a time.
struct DigestTable {
    let db: Database

    private static let rows = 256

    /// Adds what a batch changes.
    func add(_ changes: DigestChanges) throws {
        var known: [UInt64: DigestRow] = [:]
        try add(changes, to: &known)
    }

    /// Adds what a batch changes, to rows that are known; those that are not are read, and known from then on.
    func add(_ changes: DigestChanges, to known: inout [UInt64: DigestRow]) throws {
        guard !changes.byBucket.isEmpty else { return }
        let reading = try DirectStatement(db, sql: "SELECT children FROM digests WHERE prefix = ?")
        let update = try DirectStatement(db, sql: "UPDATE digests SET children = ?2 WHERE prefix = ?1")
        let insertion = try DirectStatement(db, sql: "INSERT INTO digests (prefix, children) VALUES (?1, ?2)")
        // Whether there is a row yet.
        var touched: [UInt64: Bool] = [:]
        for (bucket, change) in changes.byBucket {
            let prefix = bucket >> 4
            if known[prefix] == nil {
                let row = try reading.first {
                    $0.set(1, to: Int64(prefix))
                } _: {
                    $0.bytes(0)
                }
                known[prefix] = DigestRow(row ?? [])
                touched[prefix] = row != nil
            }
            known[prefix]?.add(change, to: Int(bucket & 0xF))
            if touched[prefix] == nil { touched[prefix] = true }
        }
        for (prefix, isThere) in touched {
            guard let row = known[prefix] else { continue }
            try (isThere ? update : insertion).run {
                $0.set(1, to: Int64(prefix))
                $0.set(2, to: row.bytes)
            }
        }
    }

    /// The digests of all nodes with three digits, in order.
    ///
    /// Where somebody else has deleted records, they are counted anew.
    func buckets() throws -> [DriftDigest] {
        var all = [DriftDigest](repeating: DriftDigest(), count: Self.rows * DriftPrefix.fanOut)
        for row in try Row.fetchAll(db, sql: "SELECT prefix, children, stale FROM digests") {
            let prefix: Int = row[0]
            guard (0..<Self.rows).contains(prefix) else { continue }
            let digests = row[2] ? try count(prefix) : DigestRow([UInt8](row[1] as Data)).digests
            all.replaceSubrange(prefix * DriftPrefix.fanOut..<(prefix + 1) * DriftPrefix.fanOut, with: digests)
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

/// Sixteen digests in a row: of each count, lower and upper sum, eight bytes each, least significant first.
///
/// Kept as the bytes that they are: a batch of scattered records adds to many rows.
struct DigestRow {
    private static let width = 24
    private static let size = DriftPrefix.fanOut * width

    private(set) var bytes: [UInt8]

    /// Reads a row; anything but a whole one holds nothing.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes.count == Self.size ? bytes : [UInt8](repeating: 0, count: Self.size)
    }

    var digests: [DriftDigest] {
        bytes.withUnsafeBytes { bytes in
            (0..<DriftPrefix.fanOut).map { index in
                func word(_ number: Int) -> UInt64 {
                    UInt64(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: index * Self.width + number * 8, as: UInt64.self))
                }
                return DriftDigest(count: Int(truncatingIfNeeded: word(0)), low: word(1), high: word(2))
            }
        }
    }

    mutating func add(_ change: DriftDigest, to index: Int) {
        bytes.withUnsafeMutableBytes { bytes in
            var offset = index * Self.width
            for word in [UInt64(bitPattern: Int64(change.count)), change.low, change.high] {
                let sum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &+ word
                bytes.storeBytes(of: sum.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
        }
    }
}
