public import Logging

/// Runs the closure with a private RabbitMQ cluster, and stops its nodes after it, whatever happened.
///
/// - Throws: What the closure throws, or ``PrivateBrokerError`` when the nodes cannot be started or stopped.
public func withPrivateCluster<R>(
    _ configuration: PrivateClusterConfiguration,
    logger: Logger = Logger(label: "private-cluster"),
    _ body: (PrivateCluster) async throws -> R
) async throws -> R {
    let cluster = try await PrivateCluster.start(configuration, logger: logger)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(cluster))
    } catch {
        result = .failure(error)
    }
    try await cluster.stop()
    return try result.get()
}
