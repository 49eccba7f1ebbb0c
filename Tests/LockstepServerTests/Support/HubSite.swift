import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepServer
import LockstepTesting
import Logging
import PrivateBroker
import RabbitMQ

@testable import LockstepService

/// A hub over a broker and files of its own: one declared office, one dead letter of its, and a ledger.
struct HubSite: Sendable {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let hub: HubClient
    let operations: Operations
    let client: RabbitMQClient
    let secrets: [String: String]

    var state: URL { operations.configuration.state }

    /// Sends a request with the token of the role `admin`.
    func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> HubClient.Answer {
        try await hub.send(
            method, path,
            headers: [("Authorization", "Bearer \(secrets["admin"] ?? "")"), ("Content-Type", "application/json")],
            body: body.map { Array($0.utf8) })
    }

    /// What operators did, the last one last.
    func actions() async throws -> [OperatorAction] {
        let audit = try SQLiteAudit(reading: state.appending(path: "audit.sqlite").path)
        defer { try? audit.close() }
        return try await audit.actions(until: WallClock.system.now)
    }

    private static func configuration(_ host: VirtualHost, _ state: URL) throws -> Configuration {
        var configuration = Configuration(state: state)
        configuration.origin = try Origin("core")
        configuration.broker = BrokerConfiguration(
            endpoints: [try Endpoint(url: host.amqpURL)],
            management: ManagementAddress(url: host.broker.managementURL ?? "", user: "guest", password: "guest"))
        configuration.offices = [
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("permit.#")])
        ]
        return configuration
    }

    static func with(_ body: @escaping @Sendable (HubSite) async throws -> Void) async throws {
        try await SharedBroker.withVirtualHost("hub") { host in
            try await withTemporaryDirectory { state in
                let configuration = try Self.configuration(host, state)
                let client = RabbitMQClient(
                    configuration: try RabbitMQClientConfiguration(url: host.amqpURL), logger: quiet)
                try await ServiceRunner.run(beside: [client], logger: quiet) {
                    try await client.waitUntilReady()
                    try await client.declare(OfficeTopology.complete(for: configuration.offices))
                    let letter = Message(body: Array("{}".utf8), properties: MessageProperties(messageID: "letter-1"))
                    _ = try await client.publish(letter, to: "lockstep.dead", routingKey: "ward-3")
                    var operations = Operations(configuration, logger: quiet)
                    operations.client = client
                    operations.offices = CurrentOffices(configuration)
                    var secrets: [String: String] = [:]
                    for role in AccessRole.allCases {
                        let origin = role == .publish ? try Origin("core") : nil
                        secrets[role.rawValue] =
                            try await operations.createToken(role.rawValue, role: role, origin: origin).secret
                    }
                    try await keepLedger(configuration)
                    let long = LongOperations(configuration, logger: quiet)
                    let backend = HubOperations(
                        base: operations, access: try SQLiteAccess(path: configuration.accessFile),
                        intake: try SQLiteIntake(
                            path: configuration.hubOutboxFile, origin: try Origin("hub"),
                            maximumEventSize: configuration.limits.event, keep: .seconds(3_600)),
                        status: StatusServer.Content(metrics: { ("", "text/plain") }, readiness: { [] }), long: long)
                    let (used, known) = (operations, secrets)
                    try await ServiceRunner.run(beside: [long], logger: quiet) {
                        try await withHub(backend) { hub in
                            try await body(
                                HubSite(hub: hub, operations: used, client: client, secrets: known))
                        }
                    }
                }
            }
        }
    }

    /// A ledger in which two offices have spoken of three events.
    private static func keepLedger(_ configuration: Configuration) async throws {
        let ledger = try SQLiteLedger(path: configuration.ledgerFile)
        defer { try? ledger.close() }
        let now = WallClock.system.now
        let outcomes: [Receipt.Outcome] = [
            .done(.applied), .waiting(until: now, reason: "down"), .dead(reason: "no day"),
        ]
        for (number, outcome) in outcomes.enumerated() {
            let (event, subject) = (try EventID("e-\(number)"), try Subject("permit/1"))
            let version = Version(reading: ClockReading(UInt64(number + 1) << 16), origin: try Origin("core"))
            let receipt = Receipt(event: event, subject: subject, version: version, outcome: outcome, attempt: 1)
            try await ledger.take([
                .publications(
                    PublicationReport(
                        acceptedAt: now, at: now,
                        entries: [
                            PublicationReport.Entry(
                                event: event, source: version.origin, type: try EventType("permit.issued"), scope: nil,
                                subject: subject, version: version, outcome: .confirmed)
                        ])),
                .receipts(ReceiptBatch(office: try OfficeName("ward-3"), at: now, receipts: [receipt])),
                .receipts(ReceiptBatch(office: try OfficeName("gone"), at: now, receipts: [receipt])),
            ])
        }
    }
}
