import Synchronization

/// Who listens to something that changes, each known by a number.
///
/// Its lock is its own, and nothing else is done under it: so `leave` may be called from a stream's `onTermination`. That is a
/// cancellation handler, which may run while the system holds what it takes to resume the listening task (see
/// `withTaskCancellationHandler`). If it waited there for a lock under which somebody else tells the listeners something, neither
/// of both would ever go on.
package final class Audience<Listener: Sendable>: Sendable {
    private struct State {
        var listeners: [Int: Listener] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    /// Nobody yet.
    package init() {}

    /// All who listen now.
    package var listeners: [Listener] { state.withLock { Array($0.listeners.values) } }

    /// Lets somebody listen, until it leaves by the number that is returned.
    package func join(_ listener: Listener) -> Int {
        state.withLock { state in
            state.last += 1
            state.listeners[state.last] = listener
            return state.last
        }
    }

    /// Forgets who has this number, if anybody has.
    package func leave(_ number: Int) {
        // What goes with a listener goes when the lock is free again.
        _ = state.withLock { $0.listeners.removeValue(forKey: number) }
    }
}

extension Audience {
    /// Lets somebody listen by a stream, for as long as that is read.
    ///
    /// - Parameter begin: Tells what stands already, before anything else can be told.
    package func stream<Value>(
        bufferingPolicy: AsyncStream<Value>.Continuation.BufferingPolicy = .unbounded, _ begin: (Listener) -> Void
    ) -> AsyncStream<Value> where Listener == AsyncStream<Value>.Continuation {
        let (stream, listener) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: bufferingPolicy)
        begin(listener)
        let number = join(listener)
        listener.onTermination = { [weak self] _ in self?.leave(number) }
        return stream
    }
}
