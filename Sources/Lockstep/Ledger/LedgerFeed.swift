/// What carries reports to the ledger.
///
/// What every implementation owes: a report comes again until the handler has returned for it; what cannot be read is
/// kept elsewhere, is logged, and holds up nobody.
public protocol LedgerFeed: Sendable {
    /// Hands reports over in batches until the task is cancelled or the service shuts down.
    ///
    /// - Parameter handler: Returns when it has the batch for good. What it throws gives the batch back and ends the
    ///   call.
    func reports(_ handler: @escaping @Sendable (_ reports: [LedgerReport]) async throws -> Void) async throws
}
