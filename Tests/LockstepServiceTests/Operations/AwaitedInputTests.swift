import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Logging
import RabbitMQ
import Testing

@testable import LockstepService

/// `lockstep publish --from --wait` with more events than are waited for at once.
@Suite("Waiting for a long input", .timeLimit(.minutes(2)))
struct AwaitedInputTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let lines = 3_000

    private static func withInput(_ body: (Operations, EventInput, SQLiteLedger) async throws -> Void) async throws {
        try await SharedBroker.withVirtualHost("awaited") { host in
            try await withTemporaryDirectory { directory in
                var configuration = try EngineConfiguration.configuration(
                    .url(host.amqpURL), origin: "core", state: directory.path)
                configuration.offices = [
                    Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")])
                ]
                let operations = Operations(configuration, logger: quiet)
                try await operations.withClient("declare") { [offices = configuration.offices] client in
                    try await client.declare(OfficeTopology.complete(for: offices))
                }
                let file = directory.appending(path: "events.ndjson")
                let line =
                    #"{"specversion":"1.0","type":"permit.issued","subject":"permit/1","data":{"STATUS":"Issued"}}"#
                try String(repeating: line + "\n", count: lines).write(to: file, atomically: true, encoding: .utf8)
                let ledger = try SQLiteLedger(path: configuration.ledgerFile)
                try await body(operations, .file(path: file.path), ledger)
                try ledger.close()
            }
        }
    }

    @Test("where nobody answers, publishing stops at the limit and says so")
    func unanswered() async throws {
        try await Self.withInput { operations, input, _ in
            let error = await #expect(throws: LockstepError.self) {
                _ = try await operations.publish(from: input, waiting: .milliseconds(300), atMost: 500)
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("500 events") == true)
            let queued = try await operations.withClient("look") { client in
                try await client.inspect(queue: "lockstep.office.ward-3")?.messages
            }
            #expect((500..<Self.lines).contains(queued ?? 0), "\(queued ?? -1)")
        }
    }

    @Test("answers make room for more")
    func answered() async throws {
        try await Self.withInput { operations, input, ledger in
            let office = try OfficeName("ward-3")
            try await withThrowingTaskGroup(of: Void.self) { group in
                // The office and the ledger in one.
                group.addTask {
                    try await operations.withClient("office") { client in
                        try await RabbitMQTransport(client, logger: Self.quiet).deliver(to: office, mode: .immediate) {
                            deliveries in
                            let receipts = try deliveries.map { delivery in
                                let event = try delivery.content.get()
                                return Receipt(
                                    event: event.id, subject: event.subject, version: event.version,
                                    outcome: .done(.applied), attempt: 1)
                            }
                            let now = WallClock.system.now
                            try await ledger.take([.receipts(ReceiptBatch(office: office, at: now, receipts: receipts))]
                            )
                            return deliveries.map { _ in DeliveryAnswer(.done) }
                        }
                    }
                }
                let (summary, offices) = try await operations.publish(from: input, waiting: .seconds(30), atMost: 500)
                #expect(summary.published == Self.lines)
                #expect(offices.isComplete && offices.events == Self.lines)
                group.cancelAll()
            }
        }
    }
}
