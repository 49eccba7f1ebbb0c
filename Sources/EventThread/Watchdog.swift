import Glibc
import Synchronization

/// Frees a thread that is stuck in a blocking call on a socket.
///
/// The thread says when it enters and leaves such calls; that costs an atomic increment each. A thread of the
/// watchdog's own looks several times per limit. Where the same call is still going on after the limit, it calls
/// `shutdown(2)` on a duplicate of the socket and nothing else: the stuck call then returns an error.
public final class Watchdog: Sendable {
    private let core: Core

    /// Starts a watchdog; its thread ends when the last reference to it goes away.
    ///
    /// - Parameter limit: how long one call may take; it is freed within a quarter more than that.
    public init(limit: Duration) {
        core = Core(limit: limit)
        let core = core
        DetachedThread.start(name: "watchdog", stackSize: 256 * 1024) { core.run() }
    }

    deinit { core.stop() }

    /// How often a stuck call has been freed.
    public var interventions: Int { core.interventions.load(ordering: .relaxed) }

    /// Watches over the calls on this socket from now on; replaces the one before it.
    ///
    /// The socket is duplicated: its own number may be closed and given to another file at any time.
    public func watch(socket: Int32) {
        core.replaceSocket(fcntl(socket, F_DUPFD_CLOEXEC, 0))
    }

    /// Watches over no socket.
    public func unwatch() {
        core.replaceSocket(-1)
    }

    /// Runs `body`, which may block; not to be nested, and from one thread only.
    public func guarding<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        core.calls.add(1, ordering: .relaxed)
        defer { core.calls.add(1, ordering: .relaxed) }
        return try body()
    }
}

/// What the watchdog's thread holds; not the watchdog, so that its last reference may go away.
private final class Core: Sendable {
    /// Odd while a call is going on.
    let calls = Atomic<Int>(0)
    let interventions = Atomic<Int>(0)
    private let limit: Duration
    private let socket = Mutex<Int32>(-1)
    private let bell = Bell()
    private let isStopping = Atomic<Bool>(false)

    init(limit: Duration) { self.limit = limit }

    deinit { replaceSocket(-1) }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        bell.ring()
    }

    func replaceSocket(_ new: Int32) {
        socket.withLock { old in
            if old >= 0 { close(old) }
            old = new
        }
    }

    func run() {
        let step = Int32(clamping: max(1, Int64(limit / .milliseconds(1)) / 4))
        var seen = calls.load(ordering: .relaxed)
        var since = ContinuousClock.now
        while !isStopping.load(ordering: .acquiring) {
            var watched = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&watched, 1, step)
            let now = calls.load(ordering: .relaxed)
            if now != seen || now.isMultiple(of: 2) {
                seen = now
                since = .now
            } else if ContinuousClock.now - since >= limit {
                // Counted first: whoever the end of the stream wakes may look at the count.
                interventions.add(1, ordering: .relaxed)
                socket.withLock { if $0 >= 0 { shutdown($0, Int32(SHUT_RDWR)) } }
                since = .now
            }
        }
    }
}
