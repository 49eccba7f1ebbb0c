import Synchronization

extension RabbitMQClient {
    /// Whether a message can be published at all: nothing in it is longer than AMQP or this client allows.
    ///
    /// For messages that come from elsewhere; a batch with one that cannot be published fails as a whole.
    public func accepts(_ publication: Publication) -> Bool {
        publication.hasRoomInAFrame
            && (try? publication.check(maximumBodySize: configuration.maximumBodySize)) != nil
    }

    /// Publishes a message, mandatory, and waits for what becomes of it.
    ///
    /// Survives reconnects: what was not confirmed is published again under the same message id, so a consumer
    /// may see it twice. A message without an id is given one.
    ///
    /// - Throws: see ``publish(_:)``.
    public func publish(
        _ message: Message, to exchange: String, routingKey: String
    ) async throws -> PublishOutcome {
        try await publish([Publication(message, to: exchange, routingKey: routingKey)])[0]
    }

    /// Publishes messages in order and returns their outcomes in that order: the fast path.
    ///
    /// - Throws: ``RabbitMQError`` before anything is sent where a message cannot be (`invalidName`,
    ///   `headersTooLarge`, `messageTooLarge`); afterwards where the broker closes the channel because of a message
    ///   (`notFound`, `accessRefused`: others of the batch may have been published) or the client stops.
    ///   `CancellationError` where the task is cancelled: what was sent already may arrive.
    public func publish(_ batch: [Publication]) async throws -> [PublishOutcome] {
        guard !batch.isEmpty else { return [] }
        try Task.checkCancellation()
        var publications = batch
        for index in publications.indices {
            try publications[index].check(maximumBodySize: configuration.maximumBodySize)
            if publications[index].message.properties.messageID == nil {
                publications[index].message.properties.messageID = MessageIDs.shared.next()
            }
        }
        metrics.began(batch.count)
        do {
            let outcomes = try await outcomes(of: publications)
            metrics.ended(outcomes)
            return outcomes
        } catch {
            metrics.failed(batch.count)
            throw error
        }
    }

    private func outcomes(of ready: [Publication]) async throws -> [PublishOutcome] {
        let mailbox = publishing.mailbox
        let number = BatchNumbers.next()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard mailbox.post(.publish(batch: number, ready, continuation)) else {
                    return continuation.resume(throwing: RabbitMQError.shutDown())
                }
                // A cancellation that came before the letter was not heard.
                if Task.isCancelled { _ = mailbox.post(.abandon(batch: number)) }
            }
        } onCancel: {
            _ = mailbox.post(.abandon(batch: number))
        }
    }
}

/// Numbers for calls of `publish`, unique in the process.
private enum BatchNumbers {
    private static let last = Atomic<Int>(0)

    static func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}
