public import Lockstep
public import Logging
public import RabbitMQ

/// Answers what is asked of an office through its control queue.
///
/// It uses a client that somebody else runs.
public struct ControlQueue: Sendable {
    private let client: RabbitMQClient
    private let office: OfficeName
    private let source: any DriftSource
    private let rehearsing: any OfficeRehearsing
    private let logger: Logger

    /// The control queue of an office.
    ///
    /// - Parameters:
    ///   - source: Who knows what the office holds.
    ///   - rehearsing: Who knows what would become of an event there.
    public init(
        of office: OfficeName, _ client: RabbitMQClient, source: any DriftSource, rehearsing: any OfficeRehearsing,
        logger: Logger
    ) {
        self.client = client
        self.office = office
        self.source = source
        self.rehearsing = rehearsing
        self.logger = logger
    }

    /// Answers until cancellation or graceful shutdown.
    public func run() async throws {
        var options = ConsumerOptions(tag: "\(office) control", prefetch: 4)
        options.batching = .immediate(limit: 1)
        try await client.consume(from: BrokerName.control(of: office), options: options) { deliveries in
            for delivery in deliveries { try await answer(delivery) }
            return deliveries.map { _ in .ack }
        }
    }

    /// Answers one question; where nobody waits for the answer any more, it is dropped.
    private func answer(_ delivery: Delivery) async throws {
        let properties = delivery.message.properties
        guard let reply = properties.replyTo else { return }
        let body: [UInt8]
        do {
            let question = delivery.message.body
            body =
                properties.type == RehearsalQuestion.type
                ? try await rehearsing.rehearse(try RehearsalQuestion.event(from: question)).json.utf8
                : DriftCodec.bytes(try await source.answer(try DriftCodec.question(from: question)))
        } catch let error as LockstepError {
            logger.warning(
                "A question that the office was asked cannot be answered",
                metadata: ["office": "\(office)", "reason": "\(error.message)"])
            body = DriftCodec.bytes(error)
        }
        var answer = MessageProperties(contentType: "application/octet-stream", type: "lockstep.answer")
        answer.correlationID = properties.correlationID
        answer.deliveryMode = .transient
        // Through an exchange that an office's account may write to anyway.
        _ = try await client.publish(
            Message(body: body, properties: answer), to: BrokerName.receipts, routingKey: reply)
    }
}
