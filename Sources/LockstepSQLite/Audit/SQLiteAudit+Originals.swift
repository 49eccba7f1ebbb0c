import Foundation
import GRDB
public import Lockstep

/// A delivery as it was before somebody edited it.
public struct OriginalDelivery: Sendable, Hashable {
    /// When it was edited.
    public var at: Timestamp
    /// By whom.
    public var person: String
    /// Whose delivery it is.
    public var office: OfficeName
    /// The id of the dead letter.
    public var letter: String
    /// Why.
    public var reason: String
    /// Its headers as a JSON object of texts.
    public var headers: String
    /// Its body.
    public var body: [UInt8]
    /// The digest of headers and body: SHA-256 with a zero byte between them, in hexadecimal digits.
    public var digest: String
    /// What was changed, as JSON.
    public var differences: String
    /// What names the event that is published to correct it, as JSON; nil: none is.
    public var correction: String?

    /// An original.
    public init(
        at: Timestamp, person: String, office: OfficeName, letter: String, reason: String, headers: String,
        body: [UInt8], digest: String, differences: String, correction: String? = nil
    ) {
        self.at = at
        self.person = person
        self.office = office
        self.letter = letter
        self.reason = reason
        self.headers = headers
        self.body = body
        self.digest = digest
        self.differences = differences
        self.correction = correction
    }
}

extension SQLiteAudit {
    /// Keeps a delivery as it was before it is edited; one that is kept already, with the same changes, is not kept twice.
    ///
    /// - Returns: The correction that is kept with it: of an edit that was interrupted, the one that it may have published.
    @discardableResult
    public func keep(_ original: OriginalDelivery) async throws(LockstepError) -> String? {
        try await database.write { db in
            let known = try Row.fetchOne(
                db,
                sql: """
                    SELECT correction FROM originals
                    WHERE letter = ? AND office = ? AND digest = ? AND differences = ? ORDER BY id DESC LIMIT 1
                    """,
                arguments: [original.letter, original.office.text, original.digest, original.differences])
            if let known { return known[0] }
            try Self.insert(original, into: db)
            return original.correction
        }
    }

    /// Keeps it once more, with another correction than before.
    public func replace(_ original: OriginalDelivery) async throws(LockstepError) {
        try await database.write { try Self.insert(original, into: $0) }
    }

    private static func insert(_ original: OriginalDelivery, into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO originals
                    (at, person, office, letter, reason, headers, body, digest, differences, correction)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                original.at.microseconds, original.person, original.office.text, original.letter, original.reason,
                original.headers, Data(original.body), original.digest, original.differences, original.correction,
            ])
    }

    /// The originals of a dead letter, the first before the others.
    public func originals(of letter: String) async throws(LockstepError) -> [OriginalDelivery] {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT at, person, office, letter, reason, headers, body, digest, differences, correction
                    FROM originals
                    WHERE letter = ? ORDER BY id
                    """,
                arguments: [letter])
            return try rows.map { row in
                OriginalDelivery(
                    at: Timestamp(microseconds: row[0]), person: row[1], office: try OfficeName(row[2] as String),
                    letter: row[3], reason: row[4], headers: row[5], body: Array(row[6] as Data), digest: row[7],
                    differences: row[8], correction: row[9])
            }
        }
    }
}
