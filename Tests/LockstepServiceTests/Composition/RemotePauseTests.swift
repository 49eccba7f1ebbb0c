import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

/// An office whose worker does not see the hub's store.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct RemotePauseTests {
    private static let queue = "lockstep.office.declared"
    private static let mark = "lockstep.office.declared.paused"

    /// What a worker on another machine was told, and why it stands still.
    private final class Elsewhere: Sendable {
        let told = Mutex<[String]>([])
        let paused = PausedOffices()
        var reasons: [String] { paused.all.map(\.reason) }
    }

    /// Does something while a worker with a state directory of its own is at work.
    private static func withWorker(
        in directory: URL, _ site: SubscriptionSite, _ body: @escaping @Sendable (Elsewhere) async throws -> Void
    ) async throws {
        let elsewhere = Elsewhere()
        var configuration = site.operations.configuration
        configuration.state = directory
        let changes = StoreChanges(configuration, logger: SubscriptionSite.quiet)
        let worker = OfficeService(
            subscription: configuration.offices[0], configuration: configuration, client: site.client,
            failing: .endsProcess, logger: SubscriptionSite.quiet,
            adapter: ClosureAdapter { change in elsewhere.told.withLock { $0.append(change.subject.text) } }
        ).obeyingPauses(of: changes, showingIn: elsewhere.paused)
        try await ServiceRunner.run(beside: [changes, worker], logger: SubscriptionSite.quiet) {
            try await body(elsewhere)
        }
    }

    private static func publish(_ number: Int, _ site: SubscriptionSite) async throws {
        let source = try Origin("core")
        let event = Event(
            id: try EventID("e-\(number)"), source: source, type: try EventType("permit.issued"),
            subject: try Subject("permit/\(number)"), time: WallClock.system.now,
            version: Version(reading: ClockReading(0x0190_c5a2_b3c4_0000 + UInt64(number)), origin: source),
            data: ["n": JSONText(integerLiteral: number)])
        let transport = RabbitMQTransport(site.client, logger: SubscriptionSite.quiet)
        #expect(try await transport.publish([event]) == [.confirmed])
    }

    private static func consumers(_ count: Int, _ site: SubscriptionSite) async throws {
        for queue in [queue, queue + ".control"] {
            try await eventually("\(queue) has \(count) consumers", within: .seconds(30)) {
                try await site.client.inspect(queue: queue)?.consumers == count
            }
        }
    }

    @Test("follows a pause and its end, and still knows it when it starts anew")
    func follows() async throws {
        try await SubscriptionSite.with { site in
            try await withTemporaryDirectory { directory in
                try await Self.withWorker(in: directory, site) { elsewhere in
                    try await Self.consumers(1, site)
                    let change = try await site.operations.pause("declared", by: "ada", reason: "moving house")
                    #expect(change.note == "its queue keeps what comes")
                    try await Self.consumers(0, site)
                    #expect(elsewhere.reasons == [OfficePauses.reason])
                    try await Self.publish(1, site)
                }
                try await Self.withWorker(in: directory, site) { elsewhere in
                    try await eventually("it stands still", within: .seconds(30)) {
                        elsewhere.reasons == [OfficePauses.reason]
                    }
                    #expect(elsewhere.told.withLock { $0 }.isEmpty)
                    #expect(try await site.depth(Self.queue) == 1)
                    _ = try await site.operations.resume("declared")
                    try await eventually("it goes on", within: .seconds(30)) {
                        elsewhere.told.withLock { $0 } == ["permit/1"]
                    }
                    #expect(elsewhere.reasons.isEmpty)
                }
                #expect(try await site.depth(Self.mark) == 0)
            }
        }
    }

    @Test("hears when it starts what was said while it was away; the last word counts")
    func away() async throws {
        try await SubscriptionSite.with { site in
            try await withTemporaryDirectory { directory in
                try await Self.publish(1, site)
                _ = try await site.operations.pause("declared")
                _ = try await site.operations.resume("declared")
                _ = try await site.operations.pause("declared")
                _ = try await site.operations.pause("declared")
                #expect(try await site.depth(Self.mark) == 1)
                try await Self.withWorker(in: directory, site) { elsewhere in
                    try await eventually("it stands still", within: .seconds(30)) { !elsewhere.reasons.isEmpty }
                    #expect(elsewhere.told.withLock { $0 }.isEmpty)
                }
                _ = try await site.operations.resume("declared")
                try await Self.withWorker(in: directory, site) { elsewhere in
                    try await eventually("it works", within: .seconds(30)) {
                        elsewhere.told.withLock { $0 } == ["permit/1"]
                    }
                }
            }
        }
    }

    @Test("what the broker has lost is said again, and what a command could not say is said by the hub")
    func toldAgain() async throws {
        try await SubscriptionSite.with { site in
            let (file, client) = (site.operations.configuration.hubFile, site.client)
            _ = try await site.operations.pause("declared")
            try await client.delete(queue: Self.mark)
            let teller = PauseTeller(file: file, client: client)
            try await teller.tell()
            #expect(try await site.depth(Self.mark) == nil, "it was told once")
            try await teller.tell(checking: true)
            #expect(try await site.depth(Self.mark) == 1)
            // As a command does that cannot reach the broker.
            let store = try SQLiteSubscriptions(path: file)
            try await store.resume(try OfficeName("declared"))
            let telling = PauseTelling(changes: site.changes, client: client, logger: SubscriptionSite.quiet)
            try await ServiceRunner.run(beside: [telling], logger: SubscriptionSite.quiet) {
                try await eventually("the hub says so") { try await site.depth(Self.mark) == 0 }
                try await eventually("nothing is left to be told") { try await store.untold().isEmpty }
            }
        }
    }

    @Test("lets go of an office that is deleted, and does not bring its queue back")
    func deletion() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            try await site.withRegistryElsewhere(events: "a.#") {
                _ = try await site.operations.deleteSubscription("registry", moves: true)
                for ending in ["", ".control", ".paused", ".subscribed"] {
                    #expect(try await site.depth("lockstep.office.registry" + ending) == nil)
                }
            }
            #expect(try await site.depth("lockstep.office.registry") == nil, "also not later")
        }
    }

    @Test("is looked for within a second, but not more than 200 times a second by one process")
    func pace() {
        #expect(OfficePauses.interval(of: 1) == .milliseconds(750))
        #expect(OfficePauses.interval(of: 150) == .milliseconds(750))
        #expect(OfficePauses.interval(of: 1_000) == .seconds(5))
    }

    /// A cancellation and news that meet must not wait for each other: whatever else the process does would stand still.
    @Test("whoever stops listening in the midst of news holds nobody up")
    func leaving() async throws {
        let client = RabbitMQClient(
            configuration: try RabbitMQClientConfiguration(url: "amqp://127.0.0.1:1"), logger: SubscriptionSite.quiet)
        let words = OfficePauses(of: try OfficeName("ward-1"), client: client, logger: SubscriptionSite.quiet)
        await words.note(.clear)
        let isOver = Atomic(false)
        Thread.detachNewThread {
            var number = 0
            while !isOver.load(ordering: .relaxed) {
                number += 1
                words.note(stored: "\(number)")
            }
        }
        defer { isOver.store(true, ordering: .relaxed) }
        for _ in 0..<2_000 {
            let (heard, hears) = AsyncStream.makeStream(of: Void.self)
            let listener = Task {
                for await _ in words.pauses { hears.yield() }
            }
            _ = await heard.first { true }
            listener.cancel()
            await listener.value
        }
    }

    @Test("takes a mark that has gone, place and all, for a deletion and not for the end of a pause")
    func missing() async throws {
        try await SubscriptionSite.with { site in
            let words = OfficePauses(
                of: try OfficeName("declared"), client: site.client, logger: SubscriptionSite.quiet)
            func told() async -> String?? {
                var said = words.pauses.makeAsyncIterator()
                return await said.next()
            }
            words.note(stored: nil)
            await words.note(.missing)
            #expect(await told() == .some(nil), "an older release's broker has no place for it")
            await words.note(.set)
            await words.note(.missing)
            #expect(await told() == .some(OfficePauses.reason))
            await words.note(.clear)
            #expect(await told() == .some(nil))
        }
    }

    @Test("is told when the hub has resumed it, and ends its own pause of a system that is gone")
    func gone() async throws {
        try await SubscriptionSite.with { site in
            let office = try OfficeName("declared")
            let resumed = Mutex(0)
            let words = OfficePauses(of: office, client: site.client, logger: SubscriptionSite.quiet) {
                resumed.withLock { $0 += 1 }
            }
            _ = try await site.operations.pause("declared", reason: "they say that they are gone")
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (stored, say) = AsyncStream.makeStream(of: String?.self)
                say.yield(nil)
                group.addTask { await words.follow(stored) }
                var seen = words.pauses.makeAsyncIterator()
                #expect(await seen.next() == .some(.some(OfficePauses.reason)))
                _ = try await site.operations.resume("declared")
                #expect(await seen.next() == .some(nil))
                #expect(resumed.withLock { $0 } == 1)
                group.cancelAll()
            }

            let store = try SQLiteSubscriptions(path: site.operations.configuration.hubFile)
            try await store.pause(
                OfficePause(office: office, since: WallClock.system.now, person: "lockstep", cause: .gone))
            try await eventually("the pause is known") { site.changes.current?.stored.pauses[office] != nil }
            let worker = OfficeService(
                subscription: site.operations.configuration.offices[0], configuration: site.operations.configuration,
                client: site.client, failing: .endsProcess, logger: SubscriptionSite.quiet
            ).obeyingPauses(of: site.changes)
            await worker.isResumed()
            #expect(try await store.contents().pauses.isEmpty)
        }
    }
}
