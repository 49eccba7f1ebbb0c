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

    /// What an operator wants is noted as begun, and nothing of it is done.
    case actionBegun
    /// All of it is done, and not noted as ended.
    case actionDone
    /// That it ended is noted, too.
    case actionNoted
    /// A dead letter that is edited is kept for auditors as it was; nothing is sent.
    case originalKept
    /// Its correction is published; the letter lies where it was.
    case corrected
    /// The broker has some past events in an office's queue again; nobody has heard of it.
    case sentAgain
    /// The broker has what a drain moves at its new place, and still at its old one.
    case moved

    /// The offices whose queues are migrated are paused.
    case migrationPaused
    /// The temporary queue is there, and empty.
    case declaredTemporary
    /// What lay in the old queue lies in the temporary one.
    case emptiedFirst
    /// What comes goes to both.
    case boundTemporary
    /// What comes goes to the temporary queue alone.
    case unboundOld
    /// The old queue has nothing any more.
    case emptied
    /// It is gone.
    case deletedOld
    /// The new one is there, and empty.
    case declared
    /// What lay in the temporary queue lies in the new one.
    case returnedFirst
    /// What comes goes to both.
    case boundNew
    /// What comes goes to the new queue alone.
    case unboundTemporary
    /// The temporary queue has nothing any more.
    case returned
    /// It is gone, too; the offices are still paused.
    case migrated

    /// An office is noted as leaving; its queues are as they were.
    case leaving
    /// What comes back to it becomes a dead letter.
    case lateWayBound
    /// Nothing comes to its queue any more.
    case waysUnbound
    /// All that was in its queue is among its dead letters.
    case queueEmptied
    /// Its queue is gone.
    case queueDeleted
    /// Its control queue, too.
    case controlDeleted
    /// Its queues are as they stay; the store still has it.
    case officeGone

    /// The points on the way of a delivery through a worker.
    package static let ofWorkers: [CrashPoint] = [.delivered, .merged, .committed, .answered, .noted, .handedOver]
    /// The points on the way of an event through an outbox.
    package static let ofOutboxes: [CrashPoint] = [
        .appended, .appendCommitted, .claimed, .publishing, .published, .confirmed, .marking, .marked,
    ]

    /// The points at which a queue is made anew, in their order.
    package static let ofMigrations: [CrashPoint] = [
        .declaredTemporary, .emptiedFirst, .boundTemporary, .unboundOld, .emptied, .deletedOld, .declared,
        .returnedFirst, .boundNew, .unboundTemporary, .returned,
    ]
    /// The points at which an office is deleted, in their order.
    package static let ofDeletions: [CrashPoint] = [
        .actionBegun, .leaving, .lateWayBound, .waysUnbound, .moved, .queueEmptied, .queueDeleted, .controlDeleted,
        .officeGone, .actionDone, .actionNoted,
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
