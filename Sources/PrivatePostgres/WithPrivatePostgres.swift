public import Logging

/// Runs the closure with a private PostgreSQL server, and stops the server after it, whatever happened.
///
/// - Throws: What the closure throws, or ``PrivatePostgresError`` when the server cannot be started or stopped.
public func withPrivatePostgres<R>(
    _ configuration: PrivatePostgresConfiguration,
    logger: Logger = Logger(label: "private-postgres"),
    _ body: (PrivatePostgres) async throws -> R
) async throws -> R {
    let server = try await PrivatePostgres.start(configuration, logger: logger)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(server))
    } catch {
        result = .failure(error)
    }
    try await server.stop()
    return try result.get()
}
