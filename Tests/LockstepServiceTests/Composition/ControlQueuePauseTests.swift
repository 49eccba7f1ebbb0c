import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// What an office is asked through the broker, while it is paused and while its queues are made anew.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ControlQueuePauseTests {
    private static let queue = "lockstep.office.declared"
    private static let control = "lockstep.office.declared.control"

    /// An office at work that follows pauses.
    private static func withWorker(_ body: @escaping @Sendable (SubscriptionSite) async throws -> Void) async throws {
        try await SubscriptionSite.with { site in
            let configuration = site.operations.configuration
            let office = OfficeService(
                subscription: configuration.offices[0], configuration: configuration, client: site.client,
                failing: .endsProcess, logger: SubscriptionSite.quiet
            ).obeyingPauses(of: site.changes)
            try await ServiceRunner.run(beside: [office], logger: SubscriptionSite.quiet) {
                try await consumers(1, site)
                try await body(site)
            }
        }
    }

    /// Waits until both of the office's queues have so many consumers.
    private static func consumers(_ count: Int, _ site: SubscriptionSite) async throws {
        for queue in [queue, control] {
            try await eventually("\(queue) has \(count)", within: .seconds(30)) {
                try await site.client.inspect(queue: queue)?.consumers == count
            }
        }
    }

    /// Has the control queue be one that an older release declared, while the office is at work.
    private static func replaceControlQueue(_ site: SubscriptionSite) async throws {
        try await site.client.delete(queue: control)
        let old = Queue(name: control, arguments: ["x-queue-type": "quorum", "x-message-ttl": 1000])
        try await site.client.declare(Topology(queues: [old]))
    }

    private static func differing(_ site: SubscriptionSite) async throws -> [String] {
        try await site.operations.topologyPlan().filter { $0.state == "differs" }.map(\.name)
    }

    @Test func oneWithOtherArgumentsIsMadeAnewBesideItsWorker() async throws {
        try await Self.withWorker { site in
            try await Self.replaceControlQueue(site)
            try await Self.consumers(1, site)
            #expect(try await Self.differing(site) == [Self.control])
            let rows = try await site.operations.migrateTopology()
            #expect(rows.map(\.queue) == [Self.control])
            #expect(try await Self.differing(site).isEmpty)
            try await Self.consumers(1, site)
        }
    }

    @Test func soItIsWhileAnOperatorHasPausedTheOffice() async throws {
        try await Self.withWorker { site in
            _ = try await site.operations.pause("declared", reason: "moving house")
            try await Self.consumers(0, site)
            try await Self.replaceControlQueue(site)
            #expect(try await site.operations.migrateTopology().map(\.queue) == [Self.control])
            #expect(try await site.operations.subscriptions().map(\.pauseCause) == ["operator"])
            _ = try await site.operations.resume("declared")
            try await Self.consumers(1, site)
        }
    }
}
