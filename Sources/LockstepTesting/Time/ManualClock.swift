import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// async let result = work(clock: clock)   // sleeps for a second somewhere
/// await clock.sleepers(atLeast: 1)
/// clock.advance(by: .seconds(1))
/// ```
public final class ManualClock: Clock, Sendable {
    /// A time on a manual clock: what has passed since it was made.
    public struct Instant: InstantProtocol, CustomStringConvertible {
        /// The time since the clock was made.
        public var offset: Duration

        /// The time that lies this far after the clock's beginning.
        public init(offset: Duration = .zero) {
            self.offset = offset
        }

        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        public func duration(to other: Instant) -> Duration {
            other.offset - offset
        }

        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }

        public var description: String { "\(offset)" }
    }

    private let state: Mutex<ManualClockState>

    /// A clock that shows the given time.
    public init(now: Instant = Instant()) {
        state = Mutex(ManualClockState(now: now))
    }

    public var now: Instant { state.withLock { $0.now } }

    public var minimumResolution: Duration { .nanoseconds(1) }

    /// When the first of the sleepers is to wake; `nil` when nobody sleeps.
    public var nextDeadline: Instant? { state.withLock { $0.nextDeadline } }

    /// Moves the time on and wakes everybody whose time has come, the earliest first.
    public func advance(by duration: Duration) {
        advance(to: now.advanced(by: duration))
    }

    /// Moves the time to the given one, never back, and wakes everybody whose time has come, the earliest first.
    public func advance(to instant: Instant) {
        for sleeper in state.withLock({ $0.advance(to: instant) }) {
            sleeper.resume(returning: ())
        }
    }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { $0.newID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (sleeper: CheckedContinuation<Void, any Error>) in
                switch state.withLock({ $0.add(sleeper, id: id, until: deadline) }) {
                case .sleeps(let watchers): for watcher in watchers { watcher.resume() }
                case .isDue: sleeper.resume(returning: ())
                case .wasCancelled: sleeper.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits until at least this many tasks sleep on the clock.
    ///
    /// The way to know that the code under test has come to its sleep, before the time is moved.
    public func sleepers(atLeast count: Int) async {
        await withCheckedContinuation { watcher in
            let reached = state.withLock { $0.watch(count, watcher) }
            if reached { watcher.resume() }
        }
    }
}
