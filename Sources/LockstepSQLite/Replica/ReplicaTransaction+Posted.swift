import GRDB
import Lockstep

extension ReplicaTransaction {
    /// Takes the place of what is held of these records, where they are newer.
    mutating func keep(_ posts: [PostedRecord]) throws -> [Acceptance] {
        let table = PostedTable(db: db)
        var acceptances: [Acceptance] = []
        for post in posts {
            let position = try position(of: post.event.subject)
            let held = try table.held(post.event.subject)
            // What came as events before posted records did has a version, and was never sent.
            let isNewer =
                (held?.version ?? loaded[position].record.version).map {
                    post.isNewer(than: $0, sentAt: held?.sent)
                } ?? true
            guard isNewer else {
                acceptances.append(Acceptance(.superseded))
                continue
            }
            acceptances.append(loaded[position].keep(post, seenBy: view))
            try table.note(post)
        }
        try storeAll(posts.map { Arrival($0.event) }, acceptances)
        return acceptances
    }
}

/// The table `posted` of a replica: which of a record's posted states is held.
private struct PostedTable {
    let db: Database

    func held(_ subject: Subject) throws -> (version: Version, sent: Timestamp)? {
        let statement = try db.cachedStatement(sql: "SELECT version, sent FROM posted WHERE subject = ?")
        guard let row = try Row.fetchOne(statement, arguments: [subject.text]) else { return nil }
        return (try Version(row[0] as String), Timestamp(microseconds: row[1]))
    }

    func note(_ post: PostedRecord) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO posted (subject, version, sent) VALUES (?, ?, ?)
                ON CONFLICT (subject) DO UPDATE SET version = excluded.version, sent = excluded.sent
                """
        ).execute(
            arguments: [post.event.subject.text, post.event.version.description, post.sent.microseconds])
    }
}
