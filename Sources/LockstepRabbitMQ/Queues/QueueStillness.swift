import Lockstep
import RabbitMQ

/// Whether a queue can be deleted without losing anything: quorum queues know no "only if it is empty".
struct QueueStillness: Sendable {
    /// How long consumers may take to end.
    static let patience = Duration.seconds(15)
    /// How old the management's figures may be: RabbitMQ takes them every five seconds.
    static let staleness = Duration.seconds(6)

    let queue: String
    let client: RabbitMQClient
    let api: ManagementAPI

    /// Waits until nobody consumes from the queue.
    ///
    /// - Throws: `refused` where somebody still does; it names who.
    func withoutConsumers() async throws {
        let start = ContinuousClock.now
        while let status = try await client.inspect(queue: queue), status.consumers > 0 {
            guard ContinuousClock.now - start < Self.patience else {
                throw LockstepError(
                    .refused,
                    "\(await consumers() ?? "Somebody") still consumes from '\(queue)', though the office is paused. A worker "
                        + "of an older release on another machine does not hear of that, and would declare the queue again when "
                        + "it connects anew. Stop it, then run the command again.")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Who consumes from the queue, for people; nil: the management does not say.
    private func consumers() async -> String? {
        let consumers = (try? await api.consumers())?.filter { $0.queue == queue } ?? []
        guard !consumers.isEmpty else { return nil }
        let connections = (try? await api.connections()) ?? []
        let names = consumers.map { consumer in
            let own = connections.first { $0.name == consumer.connection }?.clientName
            let place = consumer.connection ?? "a connection that is not listed yet"
            return own.map { "'\($0)' (\(place))" } ?? "'\(consumer.tag)' (\(place))"
        }
        return names.joined(separator: ", ")
    }

    /// Waits until the queue is empty, and what its last consumers held is settled or back.
    ///
    /// - Parameter end: Since when nobody has consumed from it.
    /// - Returns: Whether it is empty; false where something is ready again.
    /// - Throws: `refused` where something stays unsettled.
    func isEmpty(consumersGoneSince end: ContinuousClock.Instant) async throws -> Bool {
        let start = ContinuousClock.now
        while true {
            guard let status = try await client.inspect(queue: queue) else { return true }
            if status.messages > 0 { return false }
            let info = try await api.queues().first { $0.name == queue }
            if ContinuousClock.now - end >= Self.staleness, info?.total ?? 0 == 0 { return true }
            guard ContinuousClock.now - start < .seconds(45) else {
                throw LockstepError(
                    .refused,
                    "The queue '\(queue)' has \(info?.total ?? 0) messages that somebody holds and does not settle. Find who "
                        + "has them in RabbitMQ's management, then run the command again.")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
