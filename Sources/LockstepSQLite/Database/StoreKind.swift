/// What a database is for: the word that its errors use, and what to do when it is damaged.
enum StoreKind: Sendable {
    case replica
    case clock
    case outbox
    case ledger
    case audit
    case hub
    case access

    var name: String {
        switch self {
        case .replica: "replica"
        case .clock: "clock"
        case .outbox: "outbox"
        case .ledger: "ledger"
        case .audit: "audit"
        case .hub: "hub's store"
        case .access: "list of tokens"
        }
    }

    /// The way out of a damaged file.
    var remedy: String {
        switch self {
        case .replica: "move it and its '-wal' and '-shm' files away, and fill the office anew"
        case .clock:
            "move it away; the next versions start from this machine's wall clock, so make sure that it is right"
        case .outbox:
            "it is the core app's database: stop the core app and the relay, and restore it, or save what is left with "
                + "'sqlite3 FILE .recover'"
        case .ledger:
            "move it and its '-wal' and '-shm' files away; the ledger begins anew with what is reported from then on"
        case .access:
            "stop the hub and move it away; then make all tokens anew with 'lockstep tokens create', before it starts"
        case .audit:
            "keep it, for it is evidence: move it away; the numbers of reports begin anew, and checking them will say so"
        case .hub:
            "move it away and make its subscriptions anew; their queues, which the broker has, keep what came, and no office "
                + "is paused any more"
        }
    }

    /// Who makes the file.
    var maker: String {
        switch self {
        case .replica: "its worker"
        case .clock: "whoever publishes first"
        case .ledger: "'lockstep ledger'"
        case .audit: "'lockstep report'"
        case .hub: "'lockstep subscriptions create'"
        case .access: "'lockstep tokens create'"
        case .outbox: "'lockstep outbox install'"
        }
    }
}
