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

    /// The keys that a page has rows of and nobody was seen to hold.
    static func freeKeys(of page: PostgresRows) -> Set<Int32> {
        var keys: Set<Int32> = []
        for row in 0..<page.count where fits(page, row) && state(of: row, in: page) == "free" {
            keys.insert(key(of: row, in: page))
        }
        return keys
    }

    /// Takes in a page of rows; returns whether there is no other relay.
    ///
    /// - Parameters:
    ///   - wanted: How many rows were asked for.
    ///   - taken: The keys that were locked after the look, of those that were free; what is not among them others have.
    mutating func take(_ page: PostgresRows, wanted: Int, taken: Set<Int32> = []) -> Bool {
        guard page.count > 0 else {
            isAtEnd = true
            return false
        }
        rows.reserveCapacity(page.count)
        keys.formUnion(taken)
        var looked = 0
        // What does not fit now may do so in a page of its own, where all before it is others'.
        while looked < page.count, Self.fits(page, looked) {
            take(looked, of: page, taken: taken)
            looked += 1
        }
        isAtEnd = looked == page.count && looked < wanted && !isFull
        if looked < page.count, !rows.isEmpty { isFull = true }
        return page.integer(0, Self.firstColumn + 3) == 1
    }

    private mutating func take(_ row: Int, of page: PostgresRows, taken: Set<Int32>) {
        guard let position = page.integer(row, 0), let size = page.integer(row, 1) else {
            preconditionFailure("these columns are never NULL")
        }
        last = position
        let key = Self.key(of: row, in: page)
        let state = Self.state(of: row, in: page)
        guard state != "others", state != "free" || taken.contains(key) else {
            others.insert(key)
            return
        }
        if state == "taken" { keys.insert(key) }
        isFull = isFull || (Int(size) > bytesLeft && !rows.isEmpty)
        guard !isFull else { return }
        bytesLeft -= Int(size)
        countLeft -= 1
        rows.append(Row(entry: OutboxEntry(page, row), key: key, isDoubtful: state != "held"))
    }

    private static let firstColumn = OutboxEntry.columnCount

    private static func key(of row: Int, in page: PostgresRows) -> Int32 {
        Int32(truncatingIfNeeded: page.integer(row, firstColumn) ?? 0)
    }

    private static func state(of row: Int, in page: PostgresRows) -> String? { page[row, firstColumn + 1] }

    private static func fits(_ page: PostgresRows, _ row: Int) -> Bool { page.integer(row, firstColumn + 2) == 1 }

    /// Keeps those of the doubtful rows that still wait.
    mutating func keep(_ waiting: some Sequence<Int64>) {
        let waiting = Set(waiting)
        rows.removeAll { $0.isDoubtful && !waiting.contains($0.entry.position.number) }
    }
}
