import Lockstep

/// Which rows this relay has in hand, and which records it keeps other relays from; pure.
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
    /// The locked records' keys.
    var keys: some Collection<Int32> { counts.keys }

    /// Takes in which session it is: another one than before holds no locks.
    mutating func use(_ session: Session) {
        guard session != self.session else { return }
        self.session = session
        counts = [:]
        for position in rows.keys { rows[position] = .some(nil) }
    }

    /// Takes rows in hand; their records are locked in this session.
    mutating func insert(_ claimed: some Sequence<(position: Int64, key: Int32)>) {
        for (position, key) in claimed {
            rows[position] = key
            counts[key, default: 0] += 1
        }
    }

    /// Lets go of rows; returns the keys of the records that none is left of.
    mutating func remove(_ positions: some Sequence<Int64>) -> [Int32] {
        var free: [Int32] = []
        for position in positions {
            guard let key = rows.removeValue(forKey: position).flatMap({ $0 }), let count = counts[key] else {
                continue
            }
            counts[key] = count > 1 ? count - 1 : nil
            if count == 1 { free.append(key) }
        }
        return free
    }
}
