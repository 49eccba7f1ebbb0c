/// What an office's worker keeps of its own from one run to the next, beside the office's records.
public protocol WorkerMemory: Sendable {
    /// Which events of which records wait to be tried again, in the order of their publication.
    func waitingEvents() async throws(LockstepError) -> [Subject: [WaitingEvent]]

    /// Notes which events of these records wait, in place of what was noted before; durably, in one transaction. An empty
    /// list: none.
    ///
    /// - Throws: ``LockstepError``: `storeUnavailable` and `storeFull` may pass; everything else needs a person.
    func setWaiting(_ events: [Subject: [WaitingEvent]]) async throws(LockstepError)

    /// Notes how the worker's breaker stands, for people to see.
    func note(_ report: BreakerReport) async throws(LockstepError)
}

/// An event that waits to be tried again, or behind one of the same record that does.
public struct WaitingEvent: Sendable, Hashable {
    /// Its id.
    public var id: EventID
    /// Its version: ids are unique for their source only.
    public var version: Version
    /// When it should come back.
    public var due: Timestamp

    /// An event that waits.
    public init(id: EventID, version: Version, due: Timestamp) {
        self.id = id
        self.version = version
        self.due = due
    }
}
