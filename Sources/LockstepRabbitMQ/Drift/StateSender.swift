public import Lockstep
import RabbitMQ

/// Sends the states of records to one office, by its own way back: nobody else gets them.
public struct StateSender: Sendable {
    private let transport: RabbitMQTransport
    private let clock: WallClock
    private let origin: Origin

    /// A sender.
    ///
    /// - Parameter origin: Who sends: the `source` of the events, not the origin of any change.
    public init(_ transport: RabbitMQTransport, from origin: Origin, clock: WallClock = .system) {
        self.transport = transport
        self.origin = origin
        self.clock = clock
    }

    /// Sends states, and returns once the broker has them safe.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where the office has no queue, `brokerUnavailable` where the broker
    ///   does not take them. Those before may have arrived: joining them again does no harm.
    public func send(_ states: [RecordState], to office: OfficeName) async throws(LockstepError) {
        guard !states.isEmpty else { return }
        let publications = states.compactMap(event).map {
            Publication(EventHeaders.message(for: $0), to: BrokerName.return, routingKey: BrokerName.stateKey(office))
        }
        let outcomes: [RabbitMQ.PublishOutcome]
        do {
            // Else the broker would keep them where nobody looks.
            guard try await transport.client.inspect(queue: BrokerName.queue(of: office)) != nil else {
                throw LockstepError(
                    .notFound, "The office '\(office)' has no queue in the broker. Run 'lockstep topology apply'.")
            }
            outcomes = try await transport.publishPatiently(publications)
        } catch {
            throw RabbitMQTransport.error(error)
        }
        guard outcomes.allSatisfy({ $0 == .confirmed }) else {
            throw LockstepError(
                .brokerUnavailable,
                "The broker refused records for the office '\(office)' again and again; its queue is full. Try again later."
            )
        }
    }

    private func event(_ state: RecordState) -> Event? {
        guard let version = state.record.version, let type = try? EventType(RecordState.eventType) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let now = clock.now
        return Event(
            id: EventID(milliseconds: UInt64(max(0, now.milliseconds)), using: &generator), source: origin, type: type,
            subject: state.record.subject, time: now, version: version, operation: .state, data: state.data)
    }
}
