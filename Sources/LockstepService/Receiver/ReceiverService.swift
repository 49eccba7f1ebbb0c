import Lockstep
import LockstepHTTP
import LockstepSQLite
import LockstepServer
import Logging
import ServiceLifecycle

/// An office that receives over HTTP at work: its replica is opened, then its server runs.
struct ReceiverService: Service {
    /// What headers and quoting may add to an event's data.
    private static let envelope = 64 * 1_024

    let subscription: Subscription
    let receive: ReceiveConfiguration
    let configuration: Configuration
    let logger: Logger
    /// Told the port when it listens.
    var listens: @Sendable (_ port: Int) -> Void = { _ in }

    func run() async throws {
        var logger = logger
        logger[metadataKey: "office"] = "\(subscription.office)"
        let replica = try SQLiteReplica(
            path: configuration.replicaFile(of: subscription.office),
            office: subscription.office,
            calendar: subscription.calendar,
            conflicts: subscription.conflicts,
            maximumEventSize: configuration.limits.event,
            logger: logger
        )
        // A file that was closed in good order need not be checked when it is opened again.
        defer { try? replica.close() }
        let verifier = WebhookVerifier(secrets: receive.secrets, tolerance: receive.tolerance)
        let intake = ReceiverIntake(
            replica, verifier: verifier, allowsBinary: receive.allowsBinary, logger: logger)
        let server = server(for: intake, logger)
        let upkeep = ReplicaUpkeep(replica: replica, age: configuration.limits.age, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await intake.untilItFails()
                // Only the server's end is the service's.
                await Signal().wait()
            }
            group.addTask {
                await upkeep.run()
                await Signal().wait()
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func server(for intake: ReceiverIntake, _ logger: Logger) -> ReceiverServer {
        var server = ReceiverServer(
            host: receive.listen.host,
            port: receive.listen.port,
            path: receive.path,
            limits: RequestLimits(size: configuration.limits.event + Self.envelope),
            tls: receive.tls.map { ReceiverServer.TLS(certificate: $0.certificate, key: $0.key) },
            content: ReceiverServer.Content(
                take: { await intake.take($0) }, notReadyBecause: { intake.notReadyBecause }),
            logger: logger
        )
        server.listens = listens
        return server
    }
}

extension ReceiverService: CustomStringConvertible {
    /// Short, and without what the configuration holds: service groups put it into logs.
    var description: String { "receiver of \(subscription.office)" }
}
