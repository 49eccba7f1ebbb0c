import Lockstep
import LockstepRabbitMQ
import RabbitMQ

extension Operations {
    /// How long a command waits for the broker before it says that there is none.
    static let brokerPatience = Duration.seconds(10)

    /// Does a piece of work with a client that is connected, and disconnects after it.
    ///
    /// - Throws: What the work throws; ``/Lockstep/LockstepError`` where the broker cannot be reached.
    func withClient<Result: Sendable>(
        _ role: String,
        patience: Duration = Self.brokerPatience,
        _ work: @escaping @Sendable (RabbitMQClient) async throws -> Result
    ) async throws -> Result {
        if let client = self.client {
            do {
                try await Self.waitUntilReady(client, for: patience)
                return try await work(client)
            } catch let error as RabbitMQError {
                throw LockstepError(.brokerUnavailable, error.message, underlying: error)
            }
        }
        let client = configuration.client(named: role, logger: logger)
        do {
            return try await ServiceRunner.run(beside: [client], logger: logger) {
                try await Self.waitUntilReady(client, for: patience)
                return try await work(client)
            }
        } catch let error as RabbitMQError {
            throw LockstepError(.brokerUnavailable, error.message, underlying: error)
        }
    }

    /// Waits for the connections, but not for ever: somebody sits in front of a command.
    private static func waitUntilReady(_ client: RabbitMQClient, for patience: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.waitUntilReady() }
            group.addTask {
                try await Task.sleep(for: patience)
                let status = client.status
                let reason = status.consuming.lastError ?? status.publishing.lastError ?? "it does not answer"
                throw LockstepError(
                    .brokerUnavailable,
                    "The broker cannot be reached: \(reason) Check broker.url, or start one with 'lockstep broker start'."
                )
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
