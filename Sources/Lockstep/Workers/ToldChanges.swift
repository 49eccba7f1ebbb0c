import Synchronization

/// How many changes the office's system was told of, those that it was asked again for counted again.
final class ToldChanges: Sendable {
    private let count = Atomic(0)

    /// Notes a call.
    func add(_ changes: Int) {
        count.add(changes, ordering: .relaxed)
    }

    /// How many there were since the last time.
    func take() -> Int {
        count.exchange(0, ordering: .relaxed)
    }
}
