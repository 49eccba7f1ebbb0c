public import Logging

/// Runs the closure with a private RabbitMQ node, and stops the node after it, whatever happened.
///
/// - Throws: What the closure throws, or ``PrivateBrokerError`` when the node cannot be started or stopped.
public func withPrivateBroker<R>(
    _ configuration: PrivateBrokerConfiguration,
    logger: Logger = Logger(label: "private-broker"),
    _ body: (PrivateBroker) async throws -> R
) async throws -> R {
    let broker = try await PrivateBroker.start(configuration, logger: logger)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(broker))
    } catch {
        result = .failure(error)
    }
    try await broker.stop()
    return try result.get()
}
