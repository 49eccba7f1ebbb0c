public import Logging
public import ServiceLifecycle
import UnixSignals

/// Runs services until they end or the process is asked to (SIGTERM, SIGINT).
///
/// The first signal lets them finish what they have in hand; a second one ends the process at once.
public enum ServiceRunner {
    /// How long services may take to finish what they have in hand before they are cancelled.
    public static let gracePeriod = Duration.seconds(20)

    /// Runs services together: where one ends, the others are asked to.
    public static func run(_ services: [any Service], logger: Logger) async throws {
        let impatience = await ImpatientExit()
        defer { impatience.cancel() }
        try await group(
            services.map {
                .init(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            logger
        ).run()
    }

    /// Does a piece of work beside services that it needs, and stops them after it.
    ///
    /// A signal cancels the work's task.
    /// - Throws: What the work throws, `CancellationError` where a signal came first, or what a service throws.
    public static func run<Result: Sendable>(
        beside services: [any Service] = [],
        logger: Logger,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let impatience = await ImpatientExit()
        defer { impatience.cancel() }
        let piece = PieceOfWork(work)
        let others = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, failureTerminationBehavior: .cancelGroup)
        }
        // Services are shut down in reverse order: the work first, then what it stands on.
        try await group(
            others + [
                .init(
                    service: piece,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            ],
            logger
        ).run()
        guard let result = piece.result else { throw CancellationError() }
        return result
    }

    /// Does work that ends only when it is asked to: being asked is no error.
    public static func untilAsked(
        logger: Logger,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        do {
            try await run(logger: logger, work)
        } catch is CancellationError {
            // What a signal ends has done what it should.
        }
    }

    private static func group(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration],
        _ logger: Logger
    ) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = gracePeriod
        return ServiceGroup(configuration: configuration)
    }
}
