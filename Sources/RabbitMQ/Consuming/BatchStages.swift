/// What a consumer does with each batch, in three stages of which those of neighbouring batches overlap.
///
/// While a batch is handled, the one after it is prepared if it is full already, and the one before it is settled. Each
/// stage takes the batches in their order, one at a time. After a loss, when a message may be to blame for it, nothing
/// overlaps.
public struct BatchStages<Prepared: Sendable, Handled: Sendable>: Sendable {
    /// Makes of a batch what ``handle`` takes, such as by decoding it.
    ///
    /// In vain where the batch is not handled any more; then its deliveries come again.
    public var prepare: @Sendable (_ deliveries: [Delivery]) -> Prepared
    /// Does the work.
    public var handle: @Sendable (_ prepared: Prepared) async throws -> Handled
    /// Does what must be done before the broker is told, and answers for each delivery.
    public var settle: @Sendable (_ handled: Handled) async throws -> [Disposition]

    /// Stages; what one of them throws requeues the batch and ends the consumer.
    public init(
        prepare: @escaping @Sendable (_ deliveries: [Delivery]) -> Prepared,
        handle: @escaping @Sendable (_ prepared: Prepared) async throws -> Handled,
        settle: @escaping @Sendable (_ handled: Handled) async throws -> [Disposition]
    ) {
        self.prepare = prepare
        self.handle = handle
        self.settle = settle
    }
}
