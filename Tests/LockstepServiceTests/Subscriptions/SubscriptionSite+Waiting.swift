import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

extension SubscriptionSite {
    /// A delivery that an office has put off for an hour.
    ///
    /// - Parameter headers: What else it has.
    func putOff(_ id: String, for office: String, _ headers: FieldTable = [:], body: String = "{}") async throws {
        var all: FieldTable = [
            "lockstep-attempt": 2, "lockstep-error-class": "adapter", "lockstep-error": "no such slot",
        ]
        for (name, value) in headers { all[name] = value }
        let message = Message(body: Array(body.utf8), properties: MessageProperties(headers: all, messageID: id))
        let outcome = try await client.publish(message, to: "lockstep.wait", routingKey: "1h.\(office)")
        #expect(outcome == .confirmed)
    }

    /// Has the ledger know that an office has put a delivery off.
    func report(
        waiting id: String, of office: OfficeName, version: Version, attempt: Int, to ledger: SQLiteLedger
    ) async throws {
        let now = WallClock.system.now
        let receipt = Receipt(
            event: try EventID(id), subject: try Subject("permit/1"), version: version,
            outcome: .waiting(until: now, reason: "no such slot"), attempt: attempt)
        try await ledger.take([.receipts(ReceiptBatch(office: office, at: now, receipts: [receipt]))])
    }

    /// Ends the wait of all that waits, in the way in which the broker does, until a queue has so many messages.
    func endTheWait(until count: Int, in queue: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await client.consume(from: "lockstep.wait.1h") { $0.map { _ in .reject } }
            }
            try await eventually("\(queue) has \(count)") { try await depth(queue) == count }
            group.cancelAll()
        }
    }

    /// Waits until the management's figures say that nothing waits.
    func untilNothingWaits() async throws {
        try await eventually("its figures are new", within: .seconds(30)) {
            try await operations.configuration.management.queues()
                .filter { $0.name.hasPrefix("lockstep.wait.") }.allSatisfy { $0.total == 0 }
        }
    }
}
