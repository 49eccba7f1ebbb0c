import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

extension Site {
    /// Two offices that want different events.
    static let ledgerOffices = """
          ward-3: { events: ["permit.*.ward-3"] }
          city-hall: { events: ["#"] }

        """

    /// The ledger's file, to be read.
    var ledger: SQLiteLedgerReader {
        get throws {
            try SQLiteLedgerReader(path: directory.appending(path: "state/ledger.sqlite").path)
        }
    }

    /// Starts a ledger, and waits until it is kept.
    func startLedger(environment: [String: String] = [:]) async throws -> ChildCommand {
        let ledger = try start("ledger", environment: environment)
        try await eventually("the ledger is kept") { ledger.errorSoFar.contains("The ledger is kept") }
        try await eventually("it takes reports") { try await waitingReports(consumers: 1) != nil }
        return ledger
    }

    /// How many reports lie ready; nil: another number of ledgers takes from the queue.
    func waitingReports(consumers: Int) async throws -> Int? {
        try await withClient(of: host.amqpURL) { client in
            let status = try await client.inspect(queue: BrokerName.ledger)
            return status?.consumers == consumers ? status?.messages : nil
        }
    }

    /// Reports as an office's worker does, a message for each batch.
    func report(
        _ office: String, _ outcome: Receipt.Outcome = .done(.applied), of events: [Event], attempt: Int = 1,
        batch: Int = 1_000
    ) async throws {
        let name = try OfficeName(office)
        try await withClient(of: host.amqpURL) { client in
            for start in stride(from: 0, to: events.count, by: batch) {
                let receipts = events[start..<min(start + batch, events.count)].map {
                    Receipt(event: $0.id, subject: $0.subject, version: $0.version, outcome: outcome, attempt: attempt)
                }
                let report = ReceiptBatch(office: name, at: WallClock.system.now, receipts: receipts)
                let properties = MessageProperties(contentType: "application/json", type: "lockstep.receipts")
                let message = Message(body: ReceiptCodec.json(report), properties: properties)
                let answer = try await client.publish(message, to: BrokerName.receipts, routingKey: office)
                #expect(answer == .confirmed)
            }
        }
    }

    /// What `lockstep status --json` answers.
    struct Status: Decodable {
        struct Office: Decodable {
            let office: String
            let state: String
            let reason: String?
            let since: String?
        }

        struct Published: Decodable {
            let event: String
            let publication: String?
        }

        let subject: String
        let events: [Published]
        let offices: [Office]

        /// Each office and its state.
        var states: [String] { offices.map { "\($0.office): \($0.state)" } }
    }

    /// Asks who has an event or a record; nil where the ledger has not heard of it.
    func status(of name: String) async throws -> (exit: Int32, answer: Status?) {
        let ended = try await run("status", name, "--json")
        return (ended.status, try? JSONDecoder().decode(Status.self, from: Data(ended.output.utf8)))
    }
}
