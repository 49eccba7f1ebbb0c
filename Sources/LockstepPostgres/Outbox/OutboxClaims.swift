import Lockstep

/// Which rows this relay has in hand, and which records it keeps other relays from; pure.
///
/// A record stays locked when its last row is settled: it is idle until it has rows again, or is let go.
///
/// The server keeps the locks, for as long as the session lasts that took them. A session that is lost takes them
/// with it; its rows stay in hand until they are settled, so that this relay at least does not claim them twice.
struct OutboxClaims<Session: Hashable> {
    private(set) var session: Session?
    /// Each row in hand, with its record's key where that is locked.
    private var rows: [Int64: Int32?] = [:]
    /// How many rows in hand each locked record has.
    private var counts: [Int32: Int] = [:]

    /// The rows in hand.
    var positions: some Collection<Int64> { rows.keys }
    /// The locked records' keys, the idle ones' among them.
    var keys: [Int32] { Array(counts.keys) + idle }
    /// The keys of the locked records that no row in hand is of.
    private(set) var idle: Set<Int32> = []

    /// Takes in which session it is: another one than before holds no locks.
    mutating func use(_ session: Session) {
        guard session != self.session else { return }
        self.session = session
        counts = [:]
        idle = []
        for position in rows.keys { rows[position] = .some(nil) }
    }

    /// Takes rows in hand; their records are locked in this session.
    mutating func insert(_ claimed: some Sequence<(position: Int64, key: Int32)>) {
        for (position, key) in claimed {
            rows[position] = key
            counts[key, default: 0] += 1
            idle.remove(key)
        }
    }

    /// Lets go of rows; their records stay locked.
    mutating func remove(_ positions: some Sequence<Int64>) {
        for position in positions {
            guard let key = rows.removeValue(forKey: position).flatMap({ $0 }), let count = counts[key] else {
                continue
            }
            counts[key] = count > 1 ? count - 1 : nil
            if count == 1 { idle.insert(key) }
        }
    }

    /// Takes in that records were locked of which no row is in hand.
    mutating func insertIdle(_ keys: some Sequence<Int32>) {
        for key in keys where counts[key] == nil { idle.insert(key) }
    }

    /// Lets go of the idle records; returns the keys that are to be unlocked.
    mutating func removeIdle() -> Set<Int32> {
        defer { idle = [] }
        return idle
    }
}
