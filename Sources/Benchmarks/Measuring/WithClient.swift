import Logging
import RabbitMQ

/// Runs the closure with a client that is ready.
func withClient<Result: Sendable>(
    _ options: WorkOptions, _ body: @Sendable (RabbitMQClient) async throws -> Result
) async throws -> Result {
    var configuration = try RabbitMQClientConfiguration(url: options.url)
    configuration.connectionName = "benchmark"
    configuration.publishWindow.messages = options.window
    let client = RabbitMQClient(configuration: configuration, logger: .benchmark)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        defer { group.cancelAll() }
        try await client.waitUntilReady()
        return try await body(client)
    }
}

extension Logger {
    /// Says only what would spoil a measurement.
    static var benchmark: Logger {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .warning
        return logger
    }
}

/// What keeps a measurement from being one.
struct Spoiled: Error, CustomStringConvertible {
    let description: String
}
