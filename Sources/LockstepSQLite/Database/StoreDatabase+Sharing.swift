import Foundation
import GRDB
import Lockstep

extension StoreDatabase {
    /// Opens a replica for a second writer beside its worker: it must be there, with its tables.
    ///
    /// A log that is not empty is the worker's, and no reason to read the whole file. Commits are on disk before they
    /// return, as the worker's are (`synchronous=FULL`).
    ///
    /// - Throws: `notFound` if there is no replica, or one of an older release that its worker has to open first;
    ///   `storeUnavailable`, `storeCorrupt`, `storeTooNew`.
    static func openBeside(
        _ path: String,
        kind: StoreKind,
        busyTimeout: Duration,
        migrator: DatabaseMigrator
    ) throws(LockstepError) -> StoreDatabase {
        guard FileManager.default.fileExists(atPath: path) else { throw missing(kind, path) }
        var configuration = Configuration()
        configuration.label = "lockstep.\(kind.name).editor"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")
        }
        let database = try connect(path, kind, configuration, patience: busyTimeout)
        guard try database.isUpToDate(migrator) else {
            throw LockstepError(
                .notFound,
                "the \(kind.name) '\(path)' has no tables yet, or those of an older release; start \(kind.maker), which "
                    + "makes them")
        }
        return database
    }
}
