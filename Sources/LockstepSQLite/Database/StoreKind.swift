/// What a database is for: the word that its errors use, and what to do when it is damaged.
enum StoreKind: Sendable {
    case replica
    case clock

    var name: String {
        switch self {
        case .replica: "replica"
        case .clock: "clock"
        }
    }

    /// The way out of a damaged file.
    var remedy: String {
        switch self {
        case .replica: "move it and its '-wal' and '-shm' files away, and fill the office anew"
        case .clock:
            "move it away; the next versions start from this machine's wall clock, so make sure that it is right"
        }
    }
}
