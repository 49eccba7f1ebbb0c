import FoundationEssentials
import GRDB
public import Lockstep

/// The hub's tokens in one SQLite file: their names, what they allow, and a hash of each one's secret.
///
/// Several processes may use it: a token that one of them revokes is refused by the others from then on. Errors are
/// ``/Lockstep/LockstepError``, as ``SQLiteReplica``'s.
public final class SQLiteAccess: Sendable {
    private let database: StoreDatabase

    private static let columns = "name, role, origin, created_at, created_by, expires_at, revoked_at"

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/access.sqlite`; its directory is made, too.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeTooNew`, `storeFull` or `storeFailed`.
    public init(path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        database = try .open(path, kind: .access, journal: .truncate, busyTimeout: busyTimeout, migrator: .access)
    }

    /// Enters a token.
    ///
    /// - Parameter hash: The hash of its secret.
    /// - Throws: `invalidName` where there is one of this name that is not revoked.
    public func insert(_ token: AccessToken, hash: [UInt8]) async throws(LockstepError) {
        try await database.write { db in
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM tokens WHERE name = ? AND revoked_at IS NULL", arguments: [token.name])
            guard name == nil else {
                throw LockstepError(
                    .invalidName,
                    "there is a token '\(token.name)' already; take another name, or revoke that one first")
            }
            try db.execute(
                sql: """
                    INSERT INTO tokens (name, role, origin, hash, created_at, created_by, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.name, token.role.rawValue, token.origin?.text, Data(hash), token.createdAt.microseconds,
                    token.createdBy, token.expiresAt?.microseconds,
                ])
        }
    }

    /// The token whose secret has this hash, revoked and expired ones, too; nil: there is none.
    ///
    /// Found by an index on the hash. How long that takes may tell how much of a hash is right, never of a secret: who
    /// tries secrets cannot choose their hashes.
    public func token(hash: [UInt8]) async throws(LockstepError) -> AccessToken? {
        try await database.read { db in
            let statement = try db.cachedStatement(sql: "SELECT \(Self.columns) FROM tokens WHERE hash = ?")
            return try Row.fetchOne(statement, arguments: [Data(hash)]).map(Self.token)
        }
    }

    /// All tokens, the oldest first, with those that were revoked.
    public func tokens() async throws(LockstepError) -> [AccessToken] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT \(Self.columns) FROM tokens ORDER BY id").map(Self.token)
        }
    }

    /// Whether no token was ever made.
    ///
    /// One that was revoked counts: revoking the last one must not open the hub to everybody.
    public func isEmpty() async throws(LockstepError) -> Bool {
        try await database.read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM tokens LIMIT 1")
            return try Int.fetchOne(statement) == nil
        }
    }

    /// Revokes a token.
    ///
    /// - Throws: `notFound` where there is none of this name, or it is revoked already.
    public func revoke(_ name: String, at now: Timestamp) async throws(LockstepError) -> AccessToken {
        try await database.write { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    UPDATE tokens SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL RETURNING \(Self.columns)
                    """,
                arguments: [now.microseconds, name])
            guard let row else {
                throw LockstepError(
                    .notFound, "there is no token '\(name)' to revoke; 'lockstep tokens list' shows those there are")
            }
            return try Self.token(row)
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }

    private static func token(_ row: Row) throws -> AccessToken {
        guard let role = AccessRole(rawValue: row[1]) else {
            throw LockstepError(
                .storeTooNew, "a token has a role that this release does not know; run the release that made it")
        }
        func moment(_ value: Int64?) -> Timestamp? { value.map(Timestamp.init(microseconds:)) }
        return try AccessToken(
            name: row[0], role: role, origin: try (row[2] as String?).map { try Origin($0) },
            createdAt: Timestamp(microseconds: row[3]), createdBy: row[4], expiresAt: moment(row[5]),
            revokedAt: moment(row[6]))
    }
}
