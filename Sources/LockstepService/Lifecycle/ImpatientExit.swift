import Dispatch
import Glibc
import Synchronization

/// Ends the process at once when it is asked to for the second time.
///
/// Whoever presses Ctrl-C again does not want to wait for a batch in hand; everything is safe against that, or it would
/// not be safe against a power cut either.
final class ImpatientExit: Sendable {
    /// How often the process was asked to end, in the hands of the sources' handlers.
    private final class Requests: Sendable {
        private let count = Mutex(0)

        /// Notes one more, and says whether it was not the first.
        func note() -> Bool {
            count.withLock { count in
                count += 1
                return count >= 2
            }
        }
    }

    // A dispatch source may be used from any thread; its protocol is only not marked so.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Looks at SIGTERM and SIGINT from now on.
    init() {
        let requests = Requests()
        sources = [SIGTERM, SIGINT].map { number in
            // Dispatch sees a signal only if its default, to end the process, is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // A shell reports a process that a signal has ended as 128 and the signal's number.
                if requests.note() { _exit(128 + number) }
            }
            source.resume()
            return source
        }
    }

    /// Looks at signals no longer.
    func cancel() {
        for source in sources { source.cancel() }
    }
}
