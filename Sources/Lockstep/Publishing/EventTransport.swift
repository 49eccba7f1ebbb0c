/// What carries events from publishers to offices: the seam between Lockstep and a broker.
///
/// What every implementation owes: ``publish(_:)`` answers only when the carrier has taken the events over durably;
/// a delivery comes back until it is settled; ``deliver(to:mode:handler:)`` settles only by what the handler returned.
public protocol EventTransport: Sendable {
    /// Hands events over, and answers for each, in order.
    ///
    /// - Throws: ``LockstepError`` where nothing is known about some of them: they may have been taken over or not.
    func publish(_ events: [Event]) async throws(LockstepError) -> [PublishOutcome]

    /// Hands an office its deliveries in batches until the task is cancelled or the service shuts down.
    ///
    /// Before a delivery is settled, the ledger's inbox has what the answer says of it, where the carrier has one.
    ///
    /// - Parameter handler: Answers for each delivery, in order. What it throws gives the whole batch back and ends
    ///   the call.
    func deliver(
        to office: OfficeName,
        mode: DeliveryMode,
        handler: @escaping @Sendable (_ deliveries: [EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws
}
