import Lockstep
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// An office that a worker on another machine works for: it does not hear of this store's pauses.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ConsumedOfficeTests {
    @Test(arguments: ["lockstep.office.registry", "lockstep.office.registry.control"])
    func aDeletionNamesWhoConsumesAndChangesNothing(_ queue: String) async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            var configuration = try RabbitMQClientConfiguration(url: site.host.amqpURL)
            configuration.connectionName = "lockstep worker registry @elsewhere"
            let elsewhere = RabbitMQClient(configuration: configuration, logger: SubscriptionSite.quiet)
            try await ServiceRunner.run(beside: [elsewhere], logger: SubscriptionSite.quiet) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await elsewhere.consume(from: queue) { $0.map { _ in .ack } } }
                    try await eventually("it consumes") {
                        try await site.client.inspect(queue: queue)?.consumers == 1
                    }
                    let error = await #expect(throws: LockstepError.self) {
                        try await site.operations.deleteSubscription("registry", moves: true)
                    }
                    #expect(error?.code == .refused)
                    #expect(error?.message.contains("'lockstep worker registry @elsewhere") == true)
                    #expect(error?.message.contains("from '\(queue)'") == true)
                    #expect(error?.message.contains("another machine") == true)
                    group.cancelAll()
                }
            }
            let rows = try await site.operations.subscriptions()
            #expect(rows.map(\.kind) == ["declared", "made"])
            #expect(rows.allSatisfy { !$0.paused })
            try await site.publish("1", "a.x")
            #expect(try await site.depth("lockstep.office.registry") == 1, "its patterns are still bound")
        }
    }
}
