import Foundation
import GRDB
public import Lockstep

/// The hub's store in one SQLite file: the subscriptions that were made while everything ran, and which offices are
/// paused.
///
/// Several processes may read and write it. Subscriptions may hold secrets: only the file's owner may read it. Errors are
/// ``/Lockstep/LockstepError``, as ``SQLiteReplica``'s.
public final class SQLiteSubscriptions: Sendable {
    let database: StoreDatabase

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/hub.sqlite`; its directory is made, too.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeTooNew`, `storeFull` or `storeFailed`.
    public init(path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        Self.makeForOwnerOnly(path)
        database = try .open(path, kind: .hub, journal: .truncate, busyTimeout: busyTimeout, migrator: .hub)
    }

    /// Opens the file only to read it.
    ///
    /// - Throws: `notFound` where nothing was ever kept here; otherwise as ``init(path:busyTimeout:)``.
    public init(reading path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        database = try .openToRead(
            path, kind: .hub, busyTimeout: busyTimeout, migrator: .hub, needing: .hubToRead)
    }

    /// All that the file holds.
    public func contents() async throws(LockstepError) -> StoredSubscriptions {
        try await database.read(StoredSubscriptions.init)
    }

    /// All that the file holds, and the ``stamp()`` that it has; nil: it still has the one that the caller knows.
    ///
    /// - Parameter known: The stamp of this connection that the caller knows; nil: none.
    public func contents(
        unless known: Int?
    ) async throws(LockstepError) -> (stamp: Int, contents: StoredSubscriptions)? {
        try await database.read { db in
            let stamp = try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
            return stamp == known ? nil : (stamp, try StoredSubscriptions(db))
        }
    }

    /// All that the file holds, while the caller waits: for starting.
    public func contentsNow() throws(LockstepError) -> StoredSubscriptions {
        try database.setUp(StoredSubscriptions.init)
    }

    /// A number that is another one after each change that another connection has made.
    public func stamp() async throws(LockstepError) -> Int {
        try await database.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    /// Keeps a new subscription.
    ///
    /// - Throws: `alreadyExists` where there is one of that name, or of one that differs only in upper and lower case.
    public func add(
        _ office: OfficeName, settings: String, by person: String, at moment: Timestamp
    ) async throws(LockstepError) {
        try await database.write { db in
            let other = try String.fetchOne(
                db, sql: "SELECT office FROM subscriptions WHERE office = ? COLLATE NOCASE", arguments: [office.text])
            if let other {
                throw LockstepError(
                    .alreadyExists, "there is a subscription '\(other)' already; change it, or choose another name")
            }
            // Of a deletion that was interrupted.
            try db.execute(
                sql: "DELETE FROM pauses WHERE office = ? AND cause = ?",
                arguments: [office.text, OfficePause.Cause.deletion.description])
            try db.execute(
                sql: """
                    INSERT INTO subscriptions (office, settings, revision, created, changed, person, leaving)
                    VALUES (?, ?, 1, ?, ?, ?, 0)
                    """,
                arguments: [office.text, settings, moment.microseconds, moment.microseconds, person])
        }
    }

    /// Puts other settings in the place of those that the caller knows.
    ///
    /// - Parameter revision: That of the settings that the caller knows.
    /// - Throws: `notFound`; `refused` where somebody else has changed it since.
    public func change(
        _ office: OfficeName, revision: Int, settings: String, by person: String, at moment: Timestamp
    ) async throws(LockstepError) {
        try await database.write { db in
            try db.execute(
                sql: """
                    UPDATE subscriptions SET settings = ?, revision = revision + 1, changed = ?, person = ?
                    WHERE office = ? AND revision = ? AND NOT leaving
                    """,
                arguments: [settings, moment.microseconds, person, office.text, revision])
            guard db.changesCount == 0 else { return }
            let isThere = try Bool.fetchOne(
                db, sql: "SELECT count(*) FROM subscriptions WHERE office = ?", arguments: [office.text])
            guard isThere == true else { throw Self.unknown(office) }
            throw LockstepError(
                .refused,
                "somebody else has changed the subscription '\(office)', or is deleting it; look at it again, then repeat"
            )
        }
    }

    /// Marks a subscription as being deleted, or as not.
    ///
    /// - Returns: Whether there is one of that name.
    @discardableResult
    public func setLeaving(_ office: OfficeName, _ isLeaving: Bool) async throws(LockstepError) -> Bool {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE subscriptions SET leaving = ?, revision = revision + 1 WHERE office = ?",
                arguments: [isLeaving, office.text])
            return db.changesCount > 0
        }
    }

    /// Forgets a subscription, and its pause.
    ///
    /// - Returns: Whether there was one of that name.
    @discardableResult
    public func remove(_ office: OfficeName) async throws(LockstepError) -> Bool {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM pauses WHERE office = ?", arguments: [office.text])
            // Nobody is told to go on for it.
            try db.execute(sql: "DELETE FROM untold WHERE office = ?", arguments: [office.text])
            try db.execute(sql: "DELETE FROM subscriptions WHERE office = ?", arguments: [office.text])
            return db.changesCount > 0
        }
    }

    /// Pauses an office; one that is paused already stays so, with the older cause.
    ///
    /// - Returns: Whether it was not paused.
    @discardableResult
    public func pause(_ pause: OfficePause) async throws(LockstepError) -> Bool {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO pauses (office, since, person, reason, cause) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (office) DO NOTHING
                    """,
                arguments: [
                    pause.office.text, pause.since.microseconds, pause.person, pause.reason, pause.cause.description,
                ])
            return db.changesCount > 0
        }
    }

    /// Ends an office's pause.
    ///
    /// - Parameter cause: Only a pause that has this cause; nil: any.
    /// - Returns: The pause that was ended; nil: there was none.
    @discardableResult
    public func resume(
        _ office: OfficeName, cause: OfficePause.Cause? = nil
    ) async throws(LockstepError) -> OfficePause? {
        try await database.write { db in
            let pause = try StoredSubscriptions(db).pauses.first { $0.office == office }
            guard let pause, cause.map({ $0 == pause.cause }) ?? true else { return nil }
            try db.execute(sql: "DELETE FROM pauses WHERE office = ?", arguments: [office.text])
            return pause
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }

    private static func unknown(_ office: OfficeName) -> LockstepError {
        LockstepError(.notFound, "there is no subscription '\(office)' in the hub's store")
    }

    /// Before SQLite makes it with the permissions of every other file; its journal takes them over from it.
    private static func makeForOwnerOnly(_ path: String) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // What keeps it from being opened is said by whoever opens it next.
        if descriptor >= 0 { Glibc.close(descriptor) }
    }
}
