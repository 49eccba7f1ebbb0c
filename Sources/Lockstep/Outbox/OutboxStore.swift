/// Where a core app's events wait for a relay, in the core app's own database: the seam between the two.
///
/// What every implementation owes: a row can be claimed as soon as its transaction has committed, and not before. Of one
/// record's rows, those that committed earlier have the lower position, and are claimed first. Claims are kept by the
/// claiming process or by its connection, never by a mark that outlives them: a relay that dies loses them, and its
/// rows are claimed again. Where several relays work side by side, no two of them hold rows of the same record.
///
/// What is thrown is a ``LockstepError``. Of those that ``LockstepError/mayPass`` the relay tries again, and a call
/// that threw has changed nothing or may be repeated; any other ends the relay.
public protocol OutboxStore: Sendable {
    /// Waits until this relay may work, and holds that right until ``end()``, or until the process dies.
    ///
    /// A store that several relays may work on returns at once.
    /// - Parameter standingBy: Called once if another relay is at work and this one waits for it.
    func begin(standingBy: @Sendable () -> Void) async throws

    /// Gives up the right to work, and with it all claims.
    func end() async

    /// Claims rows that wait and that nobody has claimed, in the order of their positions.
    ///
    /// - Parameters:
    ///   - count: The most rows.
    ///   - bytes: The most bytes, of ``OutboxEntry/size``; the first row is claimed however large it is.
    /// - Returns: No rows where nothing waits. Fewer than asked for do not say that nothing else waits.
    func claim(atMost count: Int, bytes: Int) async throws(LockstepError) -> [OutboxEntry]

    /// Notes what became of claimed rows, in one transaction: all of it or nothing.
    ///
    /// A row that was settled already, or is gone, is passed over.
    func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError)

    /// Gives claimed rows back, to be claimed again by whoever comes first.
    func release(_ positions: [OutboxPosition]) async throws(LockstepError)

    /// Removes rows that were sent before a moment, in one short transaction; refused and unrouted ones stay.
    ///
    /// - Returns: How many it removed: fewer than `count` where no others are that old.
    func purge(sentBefore moment: Timestamp, atMost count: Int) async throws(LockstepError) -> Int

    /// Returns when rows may wait that were not there when the last ``claim(atMost:bytes:)`` began; at once if there
    /// may be some already, and also on cancellation.
    ///
    /// The database wakes it: it must not look by a timer, but as a net beneath its signals. It may return in vain.
    func waitForRows() async throws(LockstepError)

    /// How the outbox is doing. It reads no more than what waits.
    func status() async throws(LockstepError) -> OutboxStatus
}
