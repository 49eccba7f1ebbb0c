import FoundationEssentials
import Lockstep
import LockstepSQLite
import Logging

/// The configuration as it is now, and again each time that somebody has changed the hub's store.
///
/// Ends when its task is cancelled. A store that cannot be read is logged once, and looked at again: meanwhile all stays as
/// it was.
struct StoreChanges: AsyncSequence, Sendable {
    typealias Element = Configuration

    /// How often it is looked: a pause is followed within a second.
    static let interval = Duration.milliseconds(250)

    let configuration: Configuration
    let logger: Logger
    var environment = ConfigurationEnvironment.current

    func makeAsyncIterator() -> Iterator { Iterator(changes: self) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let changes: StoreChanges
        private var store: SQLiteSubscriptions?
        private var stamp: Int?
        private var isFirst = true
        private var hasFailed = false

        fileprivate init(changes: StoreChanges) { self.changes = changes }

        mutating func next() async -> Configuration? {
            while !Task.isCancelled {
                if let changed = await look() { return changed }
                guard (try? await Task.sleep(for: StoreChanges.interval)) != nil else { return nil }
            }
            return nil
        }

        private mutating func look() async -> Configuration? {
            let (configuration, environment) = (changes.configuration, changes.environment)
            do throws(LockstepError) {
                if store == nil, FileManager.default.fileExists(atPath: configuration.hubFile) {
                    store = try SQLiteSubscriptions(reading: configuration.hubFile)
                }
                guard let store else {
                    defer { isFirst = false }
                    return isFirst ? configuration.with(StoredSubscriptions(), environment) : nil
                }
                // Read before the contents: what comes between is seen with the next look.
                let current = try await store.stamp()
                guard current != stamp else { return nil }
                let changed = configuration.with(try await store.contents(), environment)
                (stamp, isFirst, hasFailed) = (current, false, false)
                return changed
            } catch {
                // Somebody is making it at this moment.
                if error.code == .notFound { return nil }
                if !hasFailed {
                    changes.logger.warning(
                        "The hub's store cannot be read; offices and pauses stay as they were",
                        metadata: ["reason": "\(error.message)"])
                }
                hasFailed = true
                try? store?.close()
                (store, stamp) = (nil, nil)
                return nil
            }
        }
    }
}

extension StoreChanges {
    /// The offices that somebody has to run, now and after each change: for ``OfficeSupervisor``.
    func offices(
        _ choose: @escaping @Sendable (Configuration) -> [Subscription]
    ) -> AsyncStream<[Subscription]> {
        let follower = Follower(makeAsyncIterator())
        return AsyncStream { await follower.next().map(choose) }
    }
}

/// Keeps an iterator's place between calls.
private actor Follower {
    private var iterator: StoreChanges.Iterator

    init(_ iterator: StoreChanges.Iterator) { self.iterator = iterator }

    func next() async -> Configuration? {
        var place = iterator
        let next = await place.next()
        iterator = place
        return next
    }
}
