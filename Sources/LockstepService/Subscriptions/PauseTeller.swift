import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ

/// Tells offices' workers through the broker that they are paused, or not any more, as the hub's store has it.
struct PauseTeller: Sendable {
    /// How long to wait for somebody else who does the same.
    private static let patience = Duration.seconds(15)
    private static let pause = Duration.milliseconds(50)

    /// The hub's store.
    let file: String
    let client: RabbitMQClient

    /// Tells what was not told yet.
    ///
    /// One after the other, in whatever process: else a word that was read before the next one could be told after it.
    /// - Parameter checking: Whether to look also that what was told still stands there: a broker may have come back empty.
    /// - Throws: What keeps it from being told; it is told the next time.
    func tell(checking: Bool = false) async throws {
        guard FileManager.default.fileExists(atPath: file) else { return }
        let lock = try FileLock(file + "-words", mode: 0o600)
        let start = ContinuousClock.now
        while !lock.take() {
            guard ContinuousClock.now - start < Self.patience else {
                throw LockstepError(.storeUnavailable, "Somebody else is telling workers of pauses, and does not end.")
            }
            try await Task.sleep(for: Self.pause)
        }
        defer { lock.release() }
        let store = try SQLiteSubscriptions(path: file)
        defer { try? store.close() }
        for word in try await store.untold() {
            let mark = PauseMark(of: word.office, client)
            if let pause = word.pause { try await mark.set(pause) } else { try await mark.clear() }
            try await store.markTold(word)
        }
        guard checking else { return }
        for pause in try await store.contents().pauses {
            let mark = PauseMark(of: pause.office, client)
            if try await mark.state() != .set { try await mark.set(pause) }
        }
    }
}
