import Lockstep
import LockstepRabbitMQ
import Logging
import RabbitMQ

/// Publishes to a broker that nobody has prepared: what all offices share is declared before the first event, and again
/// where it is gone.
actor EngineTransport: EventTransport {
    private let client: RabbitMQClient
    private let transport: RabbitMQTransport
    private let relayTransport: RabbitMQTransport
    private let logger: Logger
    private var isDeclared = false
    private var others: @Sendable () async -> Void = {}

    init(_ client: RabbitMQClient, reportsPublications: Bool, logger: Logger) {
        self.client = client
        self.logger = logger
        transport = RabbitMQTransport(client, logger: logger, reportsPublications: reportsPublications)
        relayTransport = RabbitMQTransport(
            client, logger: logger, reportsPublications: reportsPublications, retriesRefused: false)
    }

    /// Has something waited for before each publish.
    func wait(for others: @escaping @Sendable () async -> Void) {
        self.others = others
    }

    /// The same for a relay, which keeps its own order among what the broker refuses.
    nonisolated var forRelay: some EventTransport { EngineRelayTransport(engine: self) }

    func publish(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        try await publish(events, over: transport)
    }

    fileprivate func relay(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        try await publish(events, over: relayTransport)
    }

    private func publish(
        _ events: [Event], over transport: RabbitMQTransport
    ) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        await others()
        let wasDeclared = isDeclared
        if !wasDeclared { try await declare() }
        do {
            return try await transport.publish(events)
        } catch  where error.code == .notFound && wasDeclared {
            // A broker that was emptied meanwhile; versions make a second copy harmless.
            try await declare()
            return try await transport.publish(events)
        }
    }

    func deliver(
        to office: OfficeName, mode: Lockstep.DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        try await transport.deliver(to: office, mode: mode, handler: handler)
    }

    private func declare() async throws(LockstepError) {
        do {
            try await client.waitUntilReady()
            try await client.declare(OfficeTopology.shared)
        } catch let error as RabbitMQError where error.code == .accessRefused {
            logger.info("This account may not declare exchanges; they are used as they are")
        } catch let error as RabbitMQError {
            let code: LockstepError.Code =
                error.code == .preconditionFailed ? .topologyMismatch : .brokerUnavailable
            throw LockstepError(code, error.message, underlying: error)
        } catch {
            throw LockstepError(.brokerUnavailable, "waiting for the broker was cancelled", underlying: error)
        }
        isDeclared = true
    }
}

private struct EngineRelayTransport: EventTransport {
    let engine: EngineTransport

    func publish(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        try await engine.relay(events)
    }

    func deliver(
        to office: OfficeName, mode: Lockstep.DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        try await engine.deliver(to: office, mode: mode, handler: handler)
    }
}
