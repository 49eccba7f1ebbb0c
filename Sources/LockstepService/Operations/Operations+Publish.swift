public import Lockstep

/// Where events for `lockstep publish --from` come from: NDJSON, a CloudEvent in JSON a line.
public enum EventInput: Sendable, Hashable {
    /// A file.
    case file(path: String)
    /// Standard input.
    case standardInput

    /// `-` is standard input.
    public init(_ path: String) {
        self = path == "-" ? .standardInput : .file(path: path)
    }
}

extension Operations {
    /// Publishes one event and waits for the broker's word.
    ///
    /// - Throws: ``/Lockstep/LockstepError``; also where the broker refused it.
    public func publish(_ draft: EventDraft) async throws -> PublishedEvent {
        try draft.check(largest: configuration.limits.event)
        let (configuration, logger) = (configuration, logger)
        return try await withClient("publish") { client in
            let published = try await configuration.publisher(over: client, logger: logger).publish(draft)
            if case .refused(let reason) = published.outcome {
                throw LockstepError(.brokerUnavailable, "The event was not published: \(reason).")
            }
            let event = published.event
            return PublishedEvent(
                id: event.id.text,
                type: event.type.text,
                subject: event.subject.text,
                version: event.version.description,
                routingKey: event.routingKey,
                routed: published.outcome == .confirmed
            )
        }
    }

    /// Publishes every good line of an input, in order; bad ones are reported and passed over.
    ///
    /// - Parameters:
    ///   - progress: Told now and then how many bytes of how many are done; nil: nobody knows how many there are.
    ///   - bad: Told of each bad line, in order.
    ///   - published: Told of each event that the broker has, in order.
    ///   - pacing: Run now and then between two batches; the next one waits for it.
    public func publish(
        from input: EventInput,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void,
        bad: @escaping @Sendable (BadLine) -> Void,
        published: @escaping @Sendable (Event) -> Void = { _ in },
        pacing: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> PublishSummary {
        let (configuration, logger) = (configuration, logger)
        return try await withClient("publish") { client in
            let reader = try InputReader(input)
            let start = ContinuousClock.now
            var bulk = BulkPublisher(
                try configuration.publisher(over: client, logger: logger), bad: bad, published: published)
            var lines = EventLines(largestEvent: configuration.limits.event)
            var done = 0
            while let piece = try reader.next() {
                try await bulk.take(lines.feed(piece))
                // Whoever writes slowly wants each event to go out, not to wait for a batch.
                if piece.count < InputReader.piece { try await bulk.flush() }
                done += piece.count
                progress(done, reader.size)
                try await pacing()
            }
            if let last = lines.finish() { try await bulk.take([last]) }
            try await bulk.flush()
            var summary = bulk.summary
            summary.milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
            return summary
        }
    }
}
