import GRDB
import Lockstep

extension LockstepError {
    /// What an error of SQLite's, or of the file system's, means for a store.
    init(_ kind: StoreKind, at path: String, _ error: any Error, file: String = #fileID, line: Int = #line) {
        let store = "the \(kind.name) '\(path)'"
        guard let failure = error as? DatabaseError else {
            self.init(
                .storeUnavailable,
                "\(store) cannot be opened; see that its directory exists and belongs to this account",
                underlying: error, file: file, line: line
            )
            return
        }
        let (code, message) = Self.meaning(of: failure, store: store, kind: kind)
        // Without the statement's arguments: they are what the events hold.
        let underlying = DatabaseError(resultCode: failure.extendedResultCode, message: failure.message)
        self.init(code, message, underlying: underlying, file: file, line: line)
    }

    /// A file that is not as SQLite left it.
    static func damaged(_ kind: StoreKind, at path: String) -> LockstepError {
        LockstepError(.storeCorrupt, "the \(kind.name) '\(path)' is damaged; \(kind.remedy)")
    }

    private static func meaning(of error: DatabaseError, store: String, kind: StoreKind) -> (Code, String) {
        // Beside a full disk, the shared memory of the log is the one file whose growth SQLite reports differently.
        if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE { return full(store) }
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            (.storeUnavailable, "\(store) is locked by another process; it goes on when that one lets go of it")
        case .SQLITE_FULL: full(store)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: (.storeCorrupt, "\(store) is damaged; \(kind.remedy)")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            (
                .storeUnavailable,
                "\(store) cannot be written; let this account write to the file, its directory and its '-wal' and "
                    + "'-shm' files, and see that the file system is not mounted read-only"
            )
        case .SQLITE_CANTOPEN:
            (
                .storeUnavailable,
                "\(store) cannot be opened; see that its directory exists and that this account may read and write it"
            )
        case .SQLITE_MISUSE: (.storeUnavailable, "\(store) is closed; nothing was read or written")
        default:
            (
                .storeFailed,
                "reading or writing \(store) failed (SQLite's code \(error.extendedResultCode.rawValue)); nothing is "
                    + "tried on it any more: look at the disk and start again, which recovers all that was committed"
            )
        }
    }

    private static func full(_ store: String) -> (Code, String) {
        (.storeFull, "there is no room left for \(store); it goes on when there is room on its disk again")
    }
}
