import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ

extension Configuration {
    /// A client of the configured broker; people find it in RabbitMQ's management by its name.
    func client(named role: String, logger: Logger) -> RabbitMQClient {
        var client = RabbitMQClientConfiguration(endpoints: broker.endpoints)
        client.connectionName = "lockstep \(role) @\(ProcessInfo.processInfo.hostName)"
        client.heartbeat = broker.heartbeat
        client.maximumBodySize = max(client.maximumBodySize, limits.event)
        return RabbitMQClient(configuration: client, logger: logger)
    }

    /// The management API of the configured broker.
    var management: ManagementAPI {
        ManagementAPI(
            ManagementAPI.Configuration(
                url: broker.management.url,
                user: broker.management.user,
                password: broker.management.password,
                virtualHost: broker.endpoints.first?.virtualHost ?? "/",
                caFile: broker.management.caFile
            )
        )
    }

    /// Everything that is to be declared in the broker.
    var topology: Topology {
        var topology = OfficeTopology.complete(for: offices)
        topology.queues += stored.made.sorted().map(OfficeTopology.subscribed)
        if let archive { topology.add(OfficeTopology.archive(keep: archive.keep, size: archive.size)) }
        return topology
    }

    /// The file of an office's replica.
    func replicaFile(of office: OfficeName) -> String {
        state.appending(path: "\(office).sqlite").path
    }

    /// An office's replica, to make changes in it beside its worker.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where no worker has made it yet, and what ``/LockstepSQLite/SQLiteReplica`` throws.
    func replicaToEdit(of subscription: Subscription) throws(LockstepError) -> SQLiteReplica {
        let file = replicaFile(of: subscription.office)
        guard FileManager.default.fileExists(atPath: file) else {
            throw Self.noReplica(of: subscription.office, at: file)
        }
        return try SQLiteReplica(
            beside: file, office: subscription.office, calendar: subscription.calendar,
            conflicts: subscription.conflicts, peers: offices, maximumEventSize: limits.event)
    }

    /// The error for an office whose worker has never run here.
    static func noReplica(of office: OfficeName, at file: String) -> LockstepError {
        LockstepError(
            .notFound, "The office '\(office)' has no replica at \(file) yet; 'lockstep worker \(office)' makes it.")
    }

    /// The file of the clocks of the origins that publish from here.
    var clockFile: String {
        state.appending(path: "clock.sqlite").path
    }

    /// The file of the ledger.
    var ledgerFile: String {
        state.appending(path: "ledger.sqlite").path
    }

    /// The file of what is kept for auditors.
    var auditFile: String {
        state.appending(path: "audit.sqlite").path
    }

    /// The file of the hub's tokens.
    var accessFile: String {
        state.appending(path: "access.sqlite").path
    }

    /// The file of what the hub was given to publish.
    var hubOutboxFile: String {
        state.appending(path: "hub-outbox.sqlite").path
    }

    /// Who publishes from here.
    func publishingOrigin() throws(LockstepError) -> Origin {
        guard let origin else {
            throw LockstepError(
                .invalidConfiguration,
                "Nobody publishes from here: set 'origin' in \(file?.path ?? "lockstep.yaml"), LOCKSTEP_ORIGIN or --origin."
            )
        }
        return origin
    }

    /// A publisher over a client.
    func publisher(over client: RabbitMQClient, logger: Logger) throws(LockstepError) -> EventPublisher {
        let origin = try publishingOrigin()
        var publishing = EventPublisher.Configuration(origin: origin)
        publishing.maximumEventSize = limits.event
        return EventPublisher(
            publishing,
            transport: RabbitMQTransport(
                client, logger: logger, reportsPublications: ledger.publications),
            versions: try SQLiteVersionSource(path: clockFile, origin: origin, logger: logger)
        )
    }
}
