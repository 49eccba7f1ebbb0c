import Foundation
import GRDB
import Lockstep

extension StoreDatabase {
    /// How a database keeps its transactions safe.
    enum Journal: String {
        /// Readers and the one writer do not wait for each other.
        ///
        /// For one read-write connection only: SQLite before 3.51.3 can damage a file when two connections write and
        /// reset the log at the same moment.
        case wal
        /// For several processes that write; with `synchronous=FULL` the truncation is synced, too.
        case truncate
    }

    /// Opens a file for reading and writing, made if it is not there, and brings its tables up to date.
    ///
    /// A log that is not empty says that the last process did not close the file: then the whole file is checked
    /// (`PRAGMA quick_check`), which reads all of it. After a clean end nothing is checked, so that starting takes
    /// no longer the more records there are; damage is found when it is met.
    ///
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeTooNew`, `storeFull` or `storeFailed`.
    static func open(
        _ path: String,
        kind: StoreKind,
        journal: Journal,
        busyTimeout: Duration,
        migrator: DatabaseMigrator
    ) throws(LockstepError) -> StoreDatabase {
        let endedAbruptly = leftovers(of: path, journal)
        var configuration = Configuration()
        configuration.label = "lockstep.\(kind.name)"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = \(journal.rawValue);
                    PRAGMA synchronous = FULL;
                    PRAGMA cache_size = -16000;
                    PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA journal_size_limit = 67108864;
                    """
            )
        }
        let database = try connect(
            path, kind, configuration, patience: busyTimeout, gathering: journal == .wal ? LogGathering() : nil)
        if endedAbruptly { try database.check() }
        try database.migrate(migrator)
        return database
    }

    /// Opens a file that belongs to somebody else, for reading and writing; nothing is made, checked or set in it.
    ///
    /// Where the owner's journal is a log, a commit of this connection's may be lost with the machine's power, never damaged
    /// (`synchronous=NORMAL`), so that it holds the owner's lock no longer than it takes to write. With any other journal
    /// that could damage the file, and a commit is synced (`FULL`).
    ///
    /// - Throws: `notFound` if there is no file; otherwise as ``open(_:kind:journal:busyTimeout:migrator:)``.
    static func openExisting(
        _ path: String,
        kind: StoreKind,
        busyTimeout: Duration
    ) throws(LockstepError) -> StoreDatabase {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LockstepError(.notFound, "there is no file '\(path)'; name the core app's database")
        }
        var configuration = Configuration()
        configuration.label = "lockstep.\(kind.name)"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            let level = journal == Journal.wal.rawValue ? "NORMAL" : "FULL"
            try db.execute(sql: "PRAGMA synchronous = \(level); PRAGMA cache_size = -16000;")
        }
        return try connect(path, kind, configuration)
    }

    /// Opens a file for reading only, while another process may write to it.
    ///
    /// - Parameter least: The tables that have to be there, where those of an older release will do; nil: all of them.
    /// - Throws: `notFound` if there is no file, or one without its tables; otherwise as ``open(_:kind:journal:busyTimeout:migrator:)``.
    static func openToRead(
        _ path: String,
        kind: StoreKind,
        busyTimeout: Duration,
        migrator: DatabaseMigrator,
        needing least: DatabaseMigrator? = nil
    ) throws(LockstepError) -> StoreDatabase {
        guard FileManager.default.fileExists(atPath: path) else { throw missing(kind, path) }
        var configuration = Configuration()
        configuration.label = "lockstep.\(kind.name).reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        let database = try connect(path, kind, configuration)
        if try database.isUpToDate(migrator) { return database }
        guard let least, try database.setUp(least.hasCompletedMigrations) else { throw missing(kind, path) }
        return database
    }

    /// Reads the whole file and compares what it holds with how it should look (`PRAGMA quick_check`).
    ///
    /// - Throws: `storeCorrupt`.
    func check() throws(LockstepError) {
        try setUp(check)
    }

    func check(_ db: Database) throws {
        let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        guard verdict == "ok" else { throw LockstepError.damaged(kind, at: path) }
    }

    /// - Parameters:
    ///   - patience: How long to wait for other writers of a replica.
    ///   - gathering: Where the journal is a log, to write to it in large pieces.
    static func connect(
        _ path: String,
        _ kind: StoreKind,
        _ configuration: Configuration,
        patience: Duration? = nil,
        gathering: LogGathering? = nil
    ) throws(LockstepError) -> StoreDatabase {
        do {
            if !configuration.readonly {
                let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let lock = kind == .replica ? try patience.map { try WriterLock(beside: path, patience: $0) } : nil
            return StoreDatabase(path: path, kind: kind, queue: queue, lock: lock, gathering: gathering)
        } catch let error as LockstepError {
            throw error
        } catch {
            throw LockstepError(kind, at: path, error)
        }
    }

    private func migrate(_ migrator: DatabaseMigrator) throws(LockstepError) {
        // Looked at first, since migrating takes the write lock also where there is nothing to do.
        if try isUpToDate(migrator) { return }
        do {
            try exclusively { try migrator.migrate(writer) }
        } catch {
            // Another process may have made the same tables while this one waited for its turn.
            if try isUpToDate(migrator) { return }
            throw LockstepError(kind, at: path, error)
        }
    }

    /// Whether all tables are there.
    ///
    /// Looked at in one transaction, since another process may be making them; it begins with the first thing read.
    func isUpToDate(_ migrator: DatabaseMigrator) throws(LockstepError) -> Bool {
        let (superseded, completed) = try setUp { db in
            var state = (false, false)
            try db.inTransaction(.deferred) {
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
                state = (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
                return .commit
            }
            return state
        }
        if superseded { throw Self.tooNew(kind, path) }
        return completed
    }

    private static func leftovers(of path: String, _ journal: Journal) -> Bool {
        guard journal == .wal,
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal"),
            let size = attributes[.size] as? NSNumber
        else { return false }
        return size.intValue > 0
    }

    private static func tooNew(_ kind: StoreKind, _ path: String) -> LockstepError {
        LockstepError(
            .storeTooNew,
            "the \(kind.name) '\(path)' was written by a newer release; run that release or a later one"
        )
    }

    static func missing(_ kind: StoreKind, _ path: String) -> LockstepError {
        LockstepError(
            .notFound,
            "there is no \(kind.name) at '\(path)' yet; \(kind.maker) makes it when it starts for the first time"
        )
    }
}
