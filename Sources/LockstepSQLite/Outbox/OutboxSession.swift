import Lockstep
import Synchronization

/// What a relay at work holds of an outbox; all of it goes when the session does.
final class OutboxSession: Sendable {
    let database: StoreDatabase
    let claims = Mutex(OutboxClaims())
    private let lock: RelayLock
    /// Listened to while the relay waits.
    let watch: FileWatch
    private let closesDatabase: Bool

    init(lock: consuming RelayLock, database: StoreDatabase, watch: FileWatch, closesDatabase: Bool) {
        self.lock = lock
        self.database = database
        self.watch = watch
        self.closesDatabase = closesDatabase
    }

    /// Closes the database, unless it is somebody else's connection.
    func close() {
        // What cannot be closed is closed with the process.
        if closesDatabase { try? database.close() }
    }
}
