/// Who sleeps until when on a ``ManualClock``, and who waits for sleepers.
///
/// Pure: whom to resume is returned.
struct ManualClockState {
    typealias Sleeper = CheckedContinuation<Void, any Error>
    typealias Watcher = CheckedContinuation<Void, Never>

    enum Added {
        case sleeps(enough: [Watcher])
        case isDue
        case wasCancelled
    }

    private(set) var now: ManualClock.Instant
    private var sleepers: [(id: Int, deadline: ManualClock.Instant, sleeper: Sleeper)] = []
    private var watchers: [(count: Int, watcher: Watcher)] = []
    /// Those that were cancelled before they fell asleep.
    private var cancelled: Set<Int> = []
    private var lastID = 0

    init(now: ManualClock.Instant) {
        self.now = now
    }

    var nextDeadline: ManualClock.Instant? { sleepers.map(\.deadline).min() }

    mutating func newID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func add(_ sleeper: Sleeper, id: Int, until deadline: ManualClock.Instant) -> Added {
        if cancelled.remove(id) != nil { return .wasCancelled }
        guard deadline > now else { return .isDue }
        sleepers.append((id, deadline, sleeper))
        let enough = watchers.filter { $0.count <= sleepers.count }.map(\.watcher)
        watchers.removeAll { $0.count <= sleepers.count }
        return .sleeps(enough: enough)
    }

    mutating func cancel(_ id: Int) -> Sleeper? {
        guard let index = sleepers.firstIndex(where: { $0.id == id }) else {
            cancelled.insert(id)
            return nil
        }
        return sleepers.remove(at: index).sleeper
    }

    mutating func advance(to instant: ManualClock.Instant) -> [Sleeper] {
        now = max(now, instant)
        let due = sleepers.filter { $0.deadline <= now }.sorted { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        sleepers.removeAll { $0.deadline <= now }
        return due.map(\.sleeper)
    }

    mutating func watch(_ count: Int, _ watcher: Watcher) -> Bool {
        guard sleepers.count < count else { return true }
        watchers.append((count, watcher))
        return false
    }
}
