import Lockstep

/// Which rows this relay has claimed; it is the only one, so nobody else need know.
struct OutboxClaims {
    /// All waiting rows up to here are claimed, but for those that a person put back.
    private(set) var cursor: Int64 = 0
    private(set) var claimed: Set<Int64> = []

    mutating func insert(_ entries: [OutboxEntry]) {
        for entry in entries {
            claimed.insert(entry.position.number)
            cursor = max(cursor, entry.position.number)
        }
    }

    mutating func remove(_ positions: some Sequence<OutboxPosition>) {
        for position in positions { claimed.remove(position.number) }
    }

    /// Gives rows back: they are claimed again.
    mutating func release(_ positions: [OutboxPosition]) {
        remove(positions)
        if let first = positions.min() { cursor = min(cursor, first.number - 1) }
    }
}
