public import Lockstep

/// A transport in memory: what is published is remembered, and deliveries are those that a test hands in.
public actor MemoryTransport: EventTransport {
    /// What was published, in order.
    public private(set) var published: [Event] = []
    /// The verdicts of each batch that was delivered.
    public private(set) var verdicts: [[Verdict]] = []
    private var batches: [[EventDelivery]]
    private let outcome: PublishOutcome

    /// A transport.
    ///
    /// - Parameters:
    ///   - batches: What ``deliver(to:mode:handler:)`` hands over, batch by batch, before it returns.
    ///   - outcome: What ``publish(_:)`` answers for each event.
    public init(delivering batches: [[EventDelivery]] = [], answering outcome: PublishOutcome = .confirmed) {
        self.batches = batches
        self.outcome = outcome
    }

    public func publish(_ events: [Event]) async throws(LockstepError) -> [PublishOutcome] {
        published += events
        return events.map { _ in outcome }
    }

    public func deliver(
        to office: OfficeName,
        mode: DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        while !batches.isEmpty {
            let batch = batches.removeFirst()
            verdicts.append(try await handler(batch).map(\.verdict))
        }
    }
}
