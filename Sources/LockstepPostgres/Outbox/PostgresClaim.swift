import Lockstep

/// What one claim has found so far, page by page.
struct PostgresClaim {
    /// A row whose record is locked in this session.
    struct Row {
        let entry: OutboxEntry
        let key: Int32
        /// Whether the lock came after the look at the table.
        let isDoubtful: Bool
    }

    /// What was taken, in order.
    private(set) var rows: [Row] = []
    /// The keys that were locked for it, or for rows that there was no room for.
    private(set) var keys: Set<Int32> = []
    /// The keys that other relays have.
    private(set) var others: Set<Int32> = []
    /// The last position that was looked at.
    private(set) var last: Int64 = -1
    /// Whether it has seen all that waits.
    private(set) var isAtEnd = false
    private(set) var countLeft: Int
    private(set) var bytesLeft: Int
    private var isFull = false

    init(count: Int, bytes: Int) {
        countLeft = count
        bytesLeft = bytes
    }

    /// Whether there is nothing more to look for.
    var isOver: Bool { isAtEnd || isFull || countLeft <= 0 }

    /// The rows to be looked at again: whoever had the lock before may have settled them.
    var doubtful: [Int64] { rows.lazy.filter(\.isDoubtful).map(\.entry.position.number) }

    /// Takes in a page of rows; returns whether there is no other relay.
    mutating func take(_ page: PostgresRows, wanted: Int) -> Bool {
        let first = OutboxEntry.columnCount
        guard page.count > 0 else {
            isAtEnd = true
            return false
        }
        rows.reserveCapacity(page.count)
        for row in 0..<page.count {
            guard let position = page.integer(row, 0), let size = page.integer(row, 1),
                let key = page.integer(row, first).map({ Int32(truncatingIfNeeded: $0) })
            else { preconditionFailure("these columns are never NULL") }
            last = position
            let state = page[row, first + 1]
            if state == "others" {
                others.insert(key)
                continue
            }
            if state == "taken" { keys.insert(key) }
            isFull = isFull || (Int(size) > bytesLeft && !rows.isEmpty)
            guard !isFull else { continue }
            bytesLeft -= Int(size)
            countLeft -= 1
            rows.append(Row(entry: OutboxEntry(page, row), key: key, isDoubtful: state == "taken"))
        }
        let looked = Int(page.integer(0, first + 2) ?? 0)
        isAtEnd = looked < wanted && page.count == looked && !isFull
        // There was no room for more of them, but perhaps for what other relays have left.
        if page.count < looked, !rows.isEmpty { isFull = true }
        return page.integer(0, first + 3) == 1
    }

    /// Keeps those of the doubtful rows that still wait.
    mutating func keep(_ waiting: some Sequence<Int64>) {
        let waiting = Set(waiting)
        rows.removeAll { $0.isDoubtful && !waiting.contains($0.entry.position.number) }
    }
}
