public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Synchronization

/// What became of past events that were sent to an office again.
public struct PastEventReplay: Detailed, Hashable {
    /// The office's name.
    public var office: String
    /// How many events of the archive were looked at.
    public var looked: Int
    /// How many were sent; on a dry run, how many would have been.
    public var sent: Int
    /// How many of those looked at are no events.
    public var unreadable: Int
    /// Whether nothing was sent.
    public var dryRun: Bool

    public var details: [Detail] {
        [
            Detail("looked at", looked), Detail("no events", unreadable),
            Detail(dryRun ? "would be sent" : "sent", sent),
        ]
    }
}

extension Operations {
    /// Sends past events to one office again, from the archive.
    ///
    /// Only what the office subscribes to is sent, and each is in its queue, confirmed. Merging what is there already
    /// changes nothing; an office whose callback takes events gets them again.
    /// - Parameters:
    ///   - rate: How many a second at most; nil: as many as the broker takes.
    ///   - dryRun: Whether they are only counted.
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    ///   - progress: Told now and then how many were looked at, of how many.
    /// - Throws: ``/Lockstep/LockstepError``; `notFound` where no archive is kept.
    public func replayEvents(
        _ selection: PastEventSelection, to office: Subscription, rate: Int? = nil, dryRun: Bool = false,
        by person: String = UserName.current, reason: String? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in }
    ) async throws -> PastEventReplay {
        let chosen = "(\(selection.text))"
        var action = OperatorAction(
            at: WallClock.system.now, person: person, action: "replayed", office: office.office, count: 0,
            events: nil, reason: reason.map { "\($0) \(chosen)" } ?? chosen)
        let begun = dryRun ? nil : try await begin(action)
        let done = Mutex(PastEvents.Progress())
        var failure: (any Error)?
        do {
            try await withClient("replay \(office.office)") { client in
                try await PastEvents(client: client).replay(selection, to: office, rate: rate, dryRun: dryRun) { now in
                    done.withLock { $0 = now }
                    progress(now.looked, now.total)
                }
            }
        } catch {
            failure = error
        }
        let result = done.withLock { $0 }
        action.count = result.sent
        if let begun {
            try await end(
                begun, with: result.sent > 0 ? [action] : [],
                what: "\(NumberText.count(result.sent, "past event")) went to '\(office.office)' again")
        }
        if let failure { throw failure }
        return PastEventReplay(
            office: office.office.text, looked: result.looked, sent: result.sent, unreadable: result.unreadable,
            dryRun: dryRun)
    }
}
