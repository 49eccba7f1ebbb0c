import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

/// An office whose operator wants its queue to take no more than so many deliveries.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct QueueLimitTests {
    private static let queue = "lockstep.office.limited"

    /// An office's system that remembers what it was told.
    private final class Told: Adapter {
        private let ids = Mutex<[String]>([])

        var all: [String] { ids.withLock { $0 } }
        var wants: AdapterContent { .events }

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            ids.withLock { $0 += changes.compactMap { $0.event?.id.text } }
            return changes.map { _ in .applied }
        }
    }

    private static func office(limit: Int?) throws -> Subscription {
        var office = Subscription(
            office: try OfficeName("limited"), events: [try TopicPattern("tax.#")], order: .record)
        office.limit = limit
        return office
    }

    private static func operations(_ site: SubscriptionSite, limit: Int?) throws -> Operations {
        var configuration = site.operations.configuration
        configuration.offices.append(try office(limit: limit))
        return Operations(configuration, logger: SubscriptionSite.quiet)
    }

    private static func fullness(_ operations: Operations) async -> String? {
        await Doctor(operations: operations).examine().first { $0.check == "fullness" }?.found
    }

    private static func submissions(_ numbers: Range<Int>, _ type: String = "tax.changed") throws
        -> [SQLiteIntake.Submission]
    {
        try numbers.map { number in
            let draft = EventDraft(
                try EventType(type), about: try Subject("\(type)/1"), ["n": JSONText(integerLiteral: number)],
                source: try Origin("core"), id: try EventID("\(type)-\(number)"))
            return SQLiteIntake.Submission(draft, digest: [UInt8(number)])
        }
    }

    @Test func beyondItEventsStayInTheOutboxAndArriveOnceAndInOrderLater() async throws {
        try await SubscriptionSite.with { site in
            let operations = try Self.operations(site, limit: 10)
            let configuration = operations.configuration
            _ = try await operations.applyTopology()
            _ = try await operations.pause("limited", reason: "moving house")
            let told = Told()
            let worker = OfficeService(
                subscription: try Self.office(limit: 10), configuration: configuration, client: site.client,
                failing: .endsProcess, logger: SubscriptionSite.quiet, adapter: told
            ).obeyingPauses(of: site.changes)
            let intake = try SQLiteIntake(
                path: configuration.state.appending(path: "outbox.sqlite").path, origin: try Origin("core"))
            var settings = OutboxRelay.Configuration()
            // Of several at once the broker can take one that stands behind one that it refuses: that comes once more.
            settings.batch = 1
            let transport = RabbitMQTransport(site.client, logger: SubscriptionSite.quiet, retriesRefused: false)
            let log = RecordingLog()
            let relay = OutboxRelay(
                intake.outbox, transport: transport, configuration: settings, logger: log.logger)
            try await ServiceRunner.run(beside: [worker, relay], logger: SubscriptionSite.quiet) {
                _ = try await intake.accept(try Self.submissions(0..<8))
                try await eventually("the alarm is seen", within: .seconds(60)) {
                    await Self.fullness(operations)?.contains("limited (8 of 10)") == true
                }
                #expect(try await intake.outbox.status().waiting == 0, "before anything is held up")

                _ = try await intake.accept(try Self.submissions(8..<18))
                try await eventually("the broker takes no more", within: .seconds(30)) {
                    log.lines.contains { $0.message.hasPrefix("The broker refuses events") }
                }
                try await eventually("the rest waits in the outbox") {
                    let (depth, waiting) = (
                        try await site.depth(Self.queue) ?? 0, try await intake.outbox.status().waiting
                    )
                    return (10..<16).contains(depth) && depth + waiting == 18
                }
                try await eventually("it says so", within: .seconds(60)) {
                    await Self.fullness(operations)?.contains("events that it wants are held up") == true
                }
                _ = try await intake.accept(try Self.submissions(0..<1, "permit.changed"))
                try await eventually("what the office does not want goes on", within: .seconds(20)) {
                    try await site.depth("lockstep.office.declared") == 1
                }
                #expect(told.all.isEmpty)

                _ = try await operations.resume("limited")
                try await eventually("nothing waits", within: .seconds(60)) {
                    let waiting = try await intake.outbox.status().waiting
                    return try await site.depth(Self.queue) == 0 && waiting == 0 && told.all.count >= 18
                }
                #expect(told.all == (0..<18).map { "tax.changed-\($0)" })
            }
        }
    }

    @Test func aMigrationChangesItAndIsRefusedWhereMoreIsQueued() async throws {
        try await SubscriptionSite.with { site in
            _ = try await Self.operations(site, limit: nil).applyTopology()
            for number in 0..<8 { try await site.publish("\(number)", "tax.changed") }
            let small = try Self.operations(site, limit: 7)
            let error = await #expect(throws: LockstepError.self) { try await small.migrateTopology() }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("holds 8 messages, and is to take no more than 7") == true)
            #expect(try await small.subscriptions().allSatisfy { !$0.paused }, "it goes on")
            #expect(try await site.depth(Self.queue + ".migration") == nil)

            let large = try Self.operations(site, limit: 8)
            let progress = Mutex<[[Int?]]>([])
            let rows = try await large.migrateTopology { done, total in
                progress.withLock { $0.append([done, total]) }
            }
            #expect(rows.map(\.queue) == [Self.queue])
            // There and back.
            #expect(progress.withLock { $0.first } == [0, 16])
            #expect(progress.withLock { $0.last } == [16, 16])
            #expect(try await large.topologyPlan().filter(\.isDifferent).isEmpty)
            #expect(try await site.take(from: Self.queue) == (0..<8).map(String.init))
        }
    }

    @Test func aMadeOnesIsChangedAndThenMigrated() async throws {
        try await SubscriptionSite.with { site in
            let operations = site.operations
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            let change = try await operations.changeSubscription("registry") { settings in
                var settings = settings
                settings["events"] = JSONText(strings: ["b.#"])
                settings["limit"] = 50
                return settings
            }
            #expect(change.note.contains("lockstep topology migrate registry"))
            try await site.publish("1", "b.x")
            let current = Operations(
                try operations.configuration.withStoredOffices(), logger: SubscriptionSite.quiet)
            #expect(try await current.migrateTopology().map(\.queue) == ["lockstep.office.registry"])
            #expect(try await current.topologyPlan().filter(\.isDifferent).isEmpty)
            #expect(try await site.take(from: "lockstep.office.registry") == ["1"])
        }
    }

    @Test func whatIsQueuedForAFormerOfficeSurvivesANewOneOfItsName() async throws {
        try await SubscriptionSite.with { site in
            _ = try await Self.operations(site, limit: 10).applyTopology()
            try await site.publish("1", "tax.changed")
            let error = await #expect(throws: LockstepError.self) {
                try await site.operations.createSubscription("limited", site.settings("tax.#"))
            }
            #expect(error?.code == .topologyMismatch)
            #expect(error?.message.contains("lockstep subscriptions delete limited") == true)
            #expect(try await site.operations.subscriptions().map(\.office) == ["declared"])
            #expect(try await site.depth(Self.queue) == 1)
        }
    }
}
