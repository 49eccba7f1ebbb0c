import LockstepRabbitMQ
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
