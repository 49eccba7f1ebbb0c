import Lockstep
import Logging
import RabbitMQ
import ServiceLifecycle
import Synchronization

/// Follows the hub's store for all of a process: one look for everybody, however many offices it works for.
///
/// Whoever asks hears the configuration as it is, at once or as soon as it is known, and again each time that somebody has
/// changed the store. Of changes that come faster than they are taken, the last one is told. A store that cannot be read is
/// logged once, and looked at again: meanwhile all stays as it was.
final class StoreChanges: Service {
    /// How often it is looked: a pause is followed within a second.
    private static let interval = Duration.milliseconds(250)

    private struct Listener {
        let tell: @Sendable (Configuration) -> Void
        let finish: @Sendable () -> Void
    }

    private struct State {
        var current: Configuration?
        var isOver = false
    }

    /// As it was when the process began.
    let configuration: Configuration
    private let logger: Logger
    private let environment: ConfigurationEnvironment
    private let state = Mutex(State())
    private let listeners = Audience<Listener>()

    /// Changes of a store that need not be there yet; nothing is looked at before ``run()``.
    init(_ configuration: Configuration, logger: Logger, environment: ConfigurationEnvironment = .current) {
        self.configuration = configuration
        self.logger = logger
        self.environment = environment
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var look = StoreLook(configuration: self.configuration, environment: self.environment, logger: self.logger)
            repeat {
                if let changed = await look.next() { self.tell(changed) }
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
        state.withLock { $0.isOver = true }
        for listener in listeners.listeners { listener.finish() }
    }

    /// The configuration as it was when it was looked last; nil: it was not yet.
    var current: Configuration? { state.withLock { $0.current } }

    /// The configuration as it is now, then after each change.
    var configurations: AsyncStream<Configuration> { values { $0 } }

    /// What somebody needs of the configuration, as it is now, then after each change.
    ///
    /// - Parameter isSame: Whether a value is no news after the last one that was told.
    func values<Value: Sendable>(
        _ choose: @escaping @Sendable (Configuration) -> Value,
        unless isSame: @escaping @Sendable (Value, Value) -> Bool = { _, _ in false }
    ) -> AsyncStream<Value> {
        let (values, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
        let told = Mutex<Value?>(nil)
        let listener = Listener { configuration in
            let value = choose(configuration)
            told.withLock { last in
                if let last, isSame(last, value) { return }
                last = value
                continuation.yield(value)
            }
        } finish: {
            continuation.finish()
        }
        let (number, isOver) = state.withLock { state in
            if let current = state.current { listener.tell(current) }
            return (listeners.join(listener), state.isOver)
        }
        continuation.onTermination = { [weak listeners] _ in listeners?.leave(number) }
        if isOver { continuation.finish() }
        return values
    }

    /// Why an office is paused; nil: it is not.
    func pauses(of office: OfficeName) -> AsyncStream<String?> {
        values({ $0.stored.pauses[office]?.text }, unless: ==)
    }

    private func tell(_ changed: Configuration) {
        state.withLock { state in
            state.current = changed
            for listener in listeners.listeners { listener.tell(changed) }
        }
    }
}

extension OfficePause {
    /// For people who look at one office: by whom, or what brought it about, and why.
    fileprivate var text: String {
        (cause == .operator ? "by \(person)" : cause.description) + (reason.map { ": \($0)" } ?? "")
    }
}
