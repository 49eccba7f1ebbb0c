import Foundation
import Lockstep
import LockstepTesting
import RabbitMQ

@testable import LockstepService

extension SubscriptionSite {
    /// Does something while a worker of the office `registry` is at work that does not see the hub's store: it has a state
    /// directory of its own, and a file that names these patterns.
    func withRegistryElsewhere(
        events: String..., body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = operations.configuration
            configuration.state = directory
            configuration.offices = [
                Subscription(office: try OfficeName("registry"), events: try events.map { try TopicPattern($0) })
            ]
            let changes = StoreChanges(configuration, logger: Self.quiet)
            let worker = OfficeService(
                subscription: configuration.offices[0], configuration: configuration, client: client,
                failing: .endsProcess, logger: Self.quiet
            ).obeyingPauses(of: changes)
            try await ServiceRunner.run(beside: [changes, worker], logger: Self.quiet) {
                try await eventually("it works", within: .seconds(30)) {
                    try await client.inspect(queue: "lockstep.office.registry")?.consumers == 1
                }
                try await body()
            }
        }
    }
}
