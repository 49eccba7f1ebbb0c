import LockstepRabbitMQ
import Logging
import RabbitMQ
import ServiceLifecycle

/// Declares the archive of past events as soon as the broker is there, and then waits to be stopped.
struct ArchiveService: Service {
    let archive: ArchiveConfiguration
    let client: RabbitMQClient
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await client.waitUntilReady()
                try await client.declare(OfficeTopology.archive(keep: archive.keep, size: archive.size))
            } catch is CancellationError {
                return
            } catch {
                // Everything else works without it.
                logger.error(
                    "The archive cannot be declared as configured; past events are kept as before, if at all",
                    metadata: [
                        "queue": "\(BrokerName.archive)", "reason": "\(ErrorText.reason(error))",
                        "remedy": "run 'lockstep topology plan'; a stream with other arguments must be deleted first",
                    ])
            }
        }
        try? await gracefulShutdown()
    }
}
