import Dispatch
import Glibc
import Synchronization

/// Ends the process at once when it is asked to for the second time.
///
/// Whoever presses Ctrl-C again does not want to wait for a batch in hand; everything is safe against that, or it would
/// not be safe against a power cut either.
final class ImpatientExit: Sendable {
    // A dispatch source may be used from any thread; its protocol is only not marked so.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Looks at SIGTERM and SIGINT, from the moment that this returns.
    ///
    /// It waits until Dispatch has taken over both: a first signal that only others saw would make the second one
    /// look like the first, and nothing would end.
    init() async {
        let requests = RequestCount()
        // Dispatch replaces the signal's handler by its own; on Linux it would not notice that it is set to be ignored.
        sources = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        for (source, number) in zip(sources, [SIGTERM, SIGINT]) {
            source.setEventHandler {
                // Two signals may come to one call of this handler. A shell reports a process that a signal has ended
                // as 128 and the signal's number.
                if requests.add(source.data) >= 2 { _exit(128 + number) }
            }
            await withCheckedContinuation { isRegistered in
                source.setRegistrationHandler { isRegistered.resume() }
                source.resume()
            }
        }
    }

    /// Looks at signals no longer.
    func cancel() {
        for source in sources { source.cancel() }
    }

    /// How often the process was asked to end, in the hands of the sources' handlers.
    private final class RequestCount: Sendable {
        private let count = Mutex<UInt>(0)

        /// Adds some, and returns how many there are now.
        func add(_ more: UInt) -> UInt {
            count.withLock { count in
                count += more
                return count
            }
        }
    }
}
