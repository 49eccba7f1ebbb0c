#if DEBUG
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Synchronization
#endif

/// A place where a test may kill the process, as a power cut would.
///
/// Debug builds look at the environment variable `LOCKSTEP_CRASH`: a point's name and the number of the pass that is the
/// process's last, such as `committed:2`. In a release build passing does nothing.
package enum CrashPoint: String, Sendable, CaseIterable {
    /// A batch has arrived, and nothing has been done about it.
    case delivered
    /// The batch is in the replica, in a transaction that is still open.
    case merged
    /// The replica has the batch for good; the adapter has not been told.
    case committed
    /// The adapter has answered, which is not noted yet.
    case answered
    /// What the adapter took is noted; nothing is settled.
    case noted
    /// The broker has retries and dead letters safe; the deliveries that they are made of are not acknowledged.
    case handedOver

    #if DEBUG
    /// Goes on, but for the pass that is to be the last.
    package func pass() {
        guard let end = Self.end, end.point == self, Self.passes.add(1, ordering: .relaxed).newValue == end.pass else {
            return
        }
        kill(getpid(), SIGKILL)
    }

    private static let passes = Atomic(0)

    /// Where the process is to end; nil: not at any point.
    private static let end: (point: CrashPoint, pass: Int)? = {
        guard let text = getenv("LOCKSTEP_CRASH").map({ String(cString: $0) }), !text.isEmpty else { return nil }
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 2, let point = CrashPoint(rawValue: parts[0]), let pass = Int(parts[1]) else {
            preconditionFailure("LOCKSTEP_CRASH must be a point and a pass, such as committed:2")
        }
        return (point, pass)
    }()
    #else
    /// Goes on.
    @inlinable
    package func pass() {}
    #endif
}
