import Lockstep

extension LockstepError {
    /// What an error of the server's means, by its SQLSTATE (PostgreSQL's manual, appendix A).
    ///
    /// The server's own words are kept only where they cannot hold a value of somebody's row.
    init(sqlState: String, message: String, file: String = #fileID, line: Int = #line) {
        let (code, text) = Self.meaning(of: sqlState, message)
        self.init(code, text, file: file, line: line)
    }

    /// The connection to the database is gone.
    static func disconnected(_ reason: String, file: String = #fileID, line: Int = #line) -> LockstepError {
        LockstepError(
            .storeUnavailable, "the connection to the database was lost (\(reason)); a new one is made",
            file: file, line: line)
    }

    private static func meaning(of state: String, _ words: String) -> (Code, String) {
        switch state {
        // Raised by Lockstep's own functions in the database, see `Schema1`.
        case "LS001": return (.invalidName, words)
        case "LS002": return (.invalidEvent, words)
        case "LS003": return (.eventTooLarge, words)
        case "22P02", "22P05", "22023":
            return (.invalidJSON, "the database takes one of the event's values for no JSON or no text (\(state))")
        case "53100": return (.storeFull, "there is no room left for the database; it goes on when there is some again")
        case "42P01", "3F000", "42883", "42703":
            return (
                .notFound,
                "the database has no outbox of Lockstep's, or one of another release (\(words)); install it first"
            )
        case "42501": return (.invalidConfiguration, "the database account lacks a privilege: \(words)")
        case "25006":
            return (.storeUnavailable, "the database takes no changes: it is a standby; it goes on when it is promoted")
        case "57014":
            return (
                .storeUnavailable, "the database took longer than the statement's time-out; see what it is busy with"
            )
        case "40001", "40P01", "55P03":
            return (
                .storeUnavailable, "the database undid the statement in favour of another one (\(state)); try again"
            )
        case "XX001", "XX002": return (.storeCorrupt, "the database is damaged (\(words)); restore it")
        default: break
        }
        switch state.prefix(2) {
        case "28", "3D": return (.invalidConfiguration, "the database refused the connection: \(words)")
        case "08", "53", "57":
            return (.storeUnavailable, "the database is not available (\(state): \(words)); it is tried again")
        case "": return (.storeUnavailable, "the connection to the database was lost in a statement; a new one is made")
        default:
            return (.storeFailed, "the database refused a statement (SQLSTATE \(state)); see its log for the reason")
        }
    }
}
