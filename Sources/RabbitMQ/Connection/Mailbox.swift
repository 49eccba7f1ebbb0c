import EventThread
import Synchronization

/// What callers leave for a connection's pump: behind a lock, so that a caller hops to no other thread.
///
/// The pump takes all of it on every turn. Its thread is woken only where it sleeps, once per nap.
final class Mailbox: Sendable {
    /// One thing for the pump to do.
    enum Letter: Sendable {
        /// Publish these; the continuation is resumed with the outcomes.
        case publish(batch: Int, [Publication], CheckedContinuation<[PublishOutcome], any Error>)
        /// The caller of this batch no longer waits.
        case abandon(batch: Int)
        /// Settle deliveries of this channel.
        case settle(ChannelID, [(tag: UInt64, disposition: Disposition)])
        /// End: after finishing what is under way, or at once.
        case shutDown(gracefully: Bool)
    }

    private struct State {
        var letters: [Letter] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let thread: EventThread

    init(thread: EventThread) {
        self.thread = thread
    }

    /// Leaves a letter; returns false where nobody will take it any more.
    func post(_ letter: Letter) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.letters.append(letter)
            return (true, state.letters.count == 1)
        }
        // Behind another letter the thread has been told already.
        if isFirst { thread.interrupt() }
        return isTaken
    }

    /// Takes all letters.
    func takeAll() -> [Letter] {
        state.withLock { state in
            guard !state.letters.isEmpty else { return [] }
            let letters = state.letters
            state.letters = []
            return letters
        }
    }

    /// Takes no more letters; returns those that are left.
    func close() -> [Letter] {
        state.withLock { state in
            state.isClosed = true
            defer { state.letters = [] }
            return state.letters
        }
    }
}
