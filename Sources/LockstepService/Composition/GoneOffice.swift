import RabbitMQ
import Synchronization

/// The pause of an office whose system has said that it is gone, where nobody keeps pauses: it ends with the process.
final class GoneOffice: Sendable {
    private let reason = Mutex<String?>(nil)
    private let listeners = Audience<AsyncStream<String?>.Continuation>()

    /// The office's system has said that it is gone.
    func note(_ said: String) {
        reason.withLock { reason in
            reason = said
            for listener in listeners.listeners { listener.yield(said) }
        }
    }

    /// Why the office is paused, at once and when it is; see ``PausableWork/pauses``.
    var pauses: AsyncStream<String?> {
        reason.withLock { reason in
            listeners.stream { $0.yield(reason) }
        }
    }
}
