import CSQLiteLog
import GRDB

/// Lets a connection write its commits to its log in few large pieces.
///
/// For one connection, inside its transactions, which are never two at a time.
final class LogGathering: @unchecked Sendable {
    // Only touched on the connection's queue.
    private let gathering: OpaquePointer

    /// Nil: there is no memory; then each frame is written by itself, as ever.
    init?() {
        guard let gathering = csqlitelog_make() else { return nil }
        self.gathering = gathering
    }

    deinit {
        csqlitelog_free(gathering)
    }

    /// To be called as the last thing before a commit.
    func begin(_ db: Database) {
        csqlitelog_begin(gathering, db.sqliteConnection)
    }

    /// To be called right after a commit, and after one that failed; where there was none, it does nothing.
    func end() {
        csqlitelog_end(gathering)
    }
}
