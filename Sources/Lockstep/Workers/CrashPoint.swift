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
/// process's last, such as `committed:2`, counted from when a file is there if one is named: `committed:2:/tmp/now`. In a
/// release build passing does nothing.
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
    /// The ledger has a batch of reports for good; their deliveries are not acknowledged.
    case entered

    /// An event is in a core app's outbox, in a transaction that is still open.
    case appended
    /// That transaction has committed; no relay has been woken.
    case appendCommitted
    /// A relay has claimed rows of an outbox, and nothing has been done about them.
    case claimed
    /// The broker has the first half of what a relay publishes.
    case publishing
    /// The broker has all of it; the relay has not heard of it.
    case published
    /// The relay knows that the broker has it; nothing is noted.
    case confirmed
    /// Half of it is noted, in a transaction that is still open.
    case marking
    /// All of it is noted; nothing has been purged since.
    case marked

    /// The points on the way of a delivery through a worker.
    package static let ofWorkers: [CrashPoint] = [.delivered, .merged, .committed, .answered, .noted, .handedOver]
    /// The points on the way of an event through an outbox.
    package static let ofOutboxes: [CrashPoint] = [
        .appended, .appendCommitted, .claimed, .publishing, .published, .confirmed, .marking, .marked,
    ]

    #if DEBUG
    /// Goes on, but for the pass that is to be the last.
    package func pass() {
        guard isTheEnd, Self.passes.add(1, ordering: .relaxed).newValue == Self.end?.pass else { return }
        kill(getpid(), SIGKILL)
    }

    /// Whether the process is to end here, at some pass.
    package var isTheEnd: Bool {
        guard let end = Self.end, end.point == self else { return false }
        return end.file.map { access($0, F_OK) == 0 } ?? true
    }

    private static let passes = Atomic(0)

    /// Where the process is to end; nil: not at any point.
    private static let end: (point: CrashPoint, pass: Int, file: String?)? = {
        guard let text = getenv("LOCKSTEP_CRASH").map({ String(cString: $0) }), !text.isEmpty else { return nil }
        let parts = text.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count >= 2, let point = CrashPoint(rawValue: parts[0]), let pass = Int(parts[1]) else {
            preconditionFailure("LOCKSTEP_CRASH must be a point and a pass, such as committed:2")
        }
        return (point, pass, parts.count == 3 ? parts[2] : nil)
    }()
    #else
    /// Goes on.
    @inlinable
    package func pass() {}

    /// Nothing ends here.
    @inlinable
    package var isTheEnd: Bool { false }
    #endif
}
