public import Lockstep
public import RabbitMQ
import Synchronization

/// An office on another machine, asked through the broker.
public final class RemoteOffice: DriftSource, OfficeRehearsing {
    /// An answer that has come.
    private struct Reply: Sendable {
        let id: String?
        let body: [UInt8]
    }

    private let client: RabbitMQClient
    private let office: OfficeName
    private let replyKey: String
    private let replies: AsyncStream<Reply>
    private let patience: Duration
    private let state = Mutex<(asked: Int, sent: Int)>((0, 0))

    private init(
        _ office: OfficeName, client: RabbitMQClient, replyKey: String, replies: AsyncStream<Reply>, patience: Duration
    ) {
        self.office = office
        self.client = client
        self.replyKey = replyKey
        self.replies = replies
        self.patience = patience
    }

    /// How many bytes of questions and answers went through the broker, without headers.
    public var bytes: Int { state.withLock { $0.sent } }

    /// Does work with an office that can be asked; the queue for its answers is gone after that.
    ///
    /// - Parameter patience: How long to wait for an answer.
    public static func with<Result: Sendable>(
        _ office: OfficeName, client: RabbitMQClient, patience: Duration = .seconds(30),
        _ work: @escaping @Sendable (RemoteOffice) async throws -> Result
    ) async throws -> Result {
        let key = "reply.\(UInt64.random(in: 0 ... .max))"
        let queue = "lockstep.\(key)"
        let (stream, arrivals) = AsyncStream.makeStream(of: Reply.self)
        let remote = RemoteOffice(office, client: client, replyKey: key, replies: stream, patience: patience)
        try await client.declare(
            Topology(
                queues: [Queue(name: queue, arguments: ["x-expires": 120_000])],
                bindings: [Binding(source: BrokerName.receipts, destination: .queue(queue), routingKey: key)]))
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await client.consume(from: queue, options: ConsumerOptions(tag: queue)) { deliveries in
                    for delivery in deliveries {
                        arrivals.yield(
                            Reply(id: delivery.message.properties.correlationID, body: delivery.message.body))
                    }
                    return deliveries.map { _ in .ack }
                }
                return nil
            }
            group.addTask { try await work(remote) }
            var result: Result?
            while result == nil, let next = try await group.next() { result = next }
            group.cancelAll()
            try? await client.delete(queue: queue)
            guard let result else { throw CancellationError() }
            return result
        }
    }

    /// Asks, and waits for the answer.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where the office has no control queue, `driftIncomplete` where no
    ///   answer came in time.
    public func answer(_ question: DriftQuestion) async throws -> DriftAnswer {
        try DriftCodec.answer(from: try await ask(DriftCodec.bytes(question), type: "lockstep.drift.question"))
    }

    /// Asks what would become of an event, and waits for the answer.
    ///
    /// - Throws: ``/Lockstep/LockstepError``, as ``answer(_:)``; `refused` where the office's worker cannot answer, or is of
    ///   another release.
    public func rehearse(_ event: Event) async throws -> OfficeRehearsal {
        let reply = try await ask(RehearsalQuestion.bytes(event), type: RehearsalQuestion.type)
        return try RehearsalQuestion.answer(from: reply, of: office)
    }

    /// Sends a question, and waits for the answer to it.
    private func ask(_ body: [UInt8], type: String) async throws -> [UInt8] {
        let id = state.withLock { state in
            state.asked += 1
            state.sent += body.count
            return String(state.asked)
        }
        var properties = MessageProperties(contentType: "application/octet-stream", type: type)
        properties.correlationID = id
        properties.replyTo = replyKey
        properties.expiration = String(patience.milliseconds)
        let outcome = try await client.publish(
            Message(body: body, properties: properties), to: BrokerName.receipts,
            routingKey: BrokerName.controlKey(office))
        guard outcome == .confirmed else {
            throw LockstepError(
                .notFound,
                "The office '\(office)' has no control queue in the broker. Run 'lockstep topology apply', and its worker."
            )
        }
        guard let reply = try await reply(to: id) else {
            throw LockstepError(
                .driftIncomplete,
                "The office '\(office)' did not answer within \(patience.components.seconds) s; nothing was concluded. "
                    + "See that its worker runs, and that it is not paused."
            )
        }
        state.withLock { $0.sent += reply.count }
        return reply
    }

    private func reply(to id: String) async throws -> [UInt8]? {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            let (replies, patience) = (replies, patience)
            group.addTask {
                for await reply in replies where reply.id == id { return reply.body }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
