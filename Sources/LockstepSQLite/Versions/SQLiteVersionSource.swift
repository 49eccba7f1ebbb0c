import GRDB
public import Lockstep
public import Logging
import Synchronization

/// Gives out clock readings that are kept in an SQLite file, for any number of processes at once.
///
/// Each call is one transaction, on disk before it returns. The file keeps its journal beside it instead of writing
/// ahead: several processes write to it, each a little.
public final class SQLiteVersionSource: VersionSource {
    private let database: StoreDatabase
    private let origin: Origin
    private let clock: WallClock
    private let logger: Logger
    private let hasWarned = Mutex(false)

    /// How far the wall clock may stand behind the readings before somebody should know.
    private static let patience: Int64 = 60_000

    /// Opens a clock's file, or makes it.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/clock.sqlite`; its directory is made, too.
    ///   - origin: Whose readings; others in the same file have their own.
    ///   - clock: What pulls the readings forward.
    ///   - busyTimeout: How long to wait for other processes.
    ///   - logger: Told, once, when the wall clock is more than a minute behind the readings.
    /// - Throws: ``/Lockstep/LockstepError``: `storeUnavailable`, `storeCorrupt`, `storeFull`, `storeTooNew` or `storeFailed`.
    public init(
        path: String,
        origin: Origin,
        clock: WallClock = .system,
        busyTimeout: Duration = .seconds(5),
        logger: Logger
    ) throws(LockstepError) {
        database = try .open(path, kind: .clock, journal: .truncate, busyTimeout: busyTimeout, migrator: .clock)
        self.origin = origin
        self.clock = clock
        var logger = logger
        logger[metadataKey: LogKey.origin] = "\(origin)"
        self.logger = logger
    }

    public func take(_ count: Int) async throws(LockstepError) -> ClockReading {
        let (clock, origin) = (clock, origin)
        let (first, behind) = try await database.write { db in
            let table = ClockTable(db: db)
            let now = clock.now
            var hybrid = HybridClock(last: try table.last(of: origin) ?? ClockReading(0))
            let behind = hybrid.last.milliseconds - now.milliseconds
            let first = hybrid.take(count, at: now)
            try table.setLast(of: origin, to: hybrid.last)
            return (first, behind)
        }
        if behind > Self.patience { warn(behind) }
        return first
    }

    /// The newest reading that was given out; nil: none was.
    public func last() async throws(LockstepError) -> ClockReading? {
        let origin = origin
        return try await database.read { db in try ClockTable(db: db).last(of: origin) }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }

    private func warn(_ behind: Int64) {
        let isFirst = hasWarned.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
        guard isFirst else { return }
        logger.warning(
            """
            The wall clock stands behind the newest version that was given out. Versions go on from there, and no \
            change is lost; the delays that offices report are wrong until the clock is right again
            """,
            metadata: [LogKey.behind: "\(behind / 1000)"]
        )
    }
}
