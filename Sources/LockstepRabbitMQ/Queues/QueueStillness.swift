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
    /// - Throws: `refused` where somebody still does.
    func withoutConsumers() async throws {
        let start = ContinuousClock.now
        while let status = try await client.inspect(queue: queue), status.consumers > 0 {
            guard ContinuousClock.now - start < Self.patience else {
                throw LockstepError(
                    .refused,
                    "Somebody still consumes from '\(queue)'. A worker follows a pause where it runs with this state "
                        + "directory; stop those on other machines, then run the command again.")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
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
