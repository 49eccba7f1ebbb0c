import Lockstep
import Synchronization

/// What a relay at work holds of an outbox; all of it goes when the session does.
final class OutboxSession: Sendable {
    let database: StoreDatabase
    let claims = Mutex(OutboxClaims())
    private let lock: RelayLock
    private let watch: FileWatch

    init(lock: consuming RelayLock, database: StoreDatabase, watch: FileWatch) {
        self.lock = lock
        self.database = database
        self.watch = watch
    }
}
