import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging
import Testing

@testable import LockstepService

@Suite("Following the hub's store", .timeLimit(.minutes(1)))
struct StoreChangesTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func withConfiguration(_ body: (Configuration) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = Configuration(state: directory)
            configuration.offices = [
                Subscription(office: try OfficeName("declared"), events: [try TopicPattern("permit.#")])
            ]
            try await body(configuration)
        }
    }

    /// Changes of a store that are followed while the body runs.
    private static func following(
        _ body: @escaping @Sendable (Configuration, StoreChanges) async throws -> Void
    ) async throws {
        try await withConfiguration { configuration in
            let changes = StoreChanges(configuration, logger: quiet)
            try await ServiceRunner.run(beside: [changes], logger: quiet) { try await body(configuration, changes) }
        }
    }

    @Test("what is there comes at once, then each change of others, also of a file that is made later")
    func following() async throws {
        try await Self.following { configuration, changes in
            var seen = changes.configurations.makeAsyncIterator()
            let first = await seen.next()
            #expect(first?.offices.map(\.office.text) == ["declared"])

            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            let registry = try OfficeName("registry")
            try await store.add(registry, settings: #"{"events":["a.#"]}"#, by: "ada", at: Timestamp(microseconds: 1))
            var second = await seen.next()
            // The file may be seen before the first row is in it.
            if second?.offices.count == 1 { second = await seen.next() }
            #expect(second?.offices.map(\.office.text) == ["declared", "registry"])

            try await store.pause(OfficePause(office: registry, since: Timestamp(microseconds: 2), person: "ada"))
            #expect(await seen.next()?.stored.pauses.keys.map(\.text) == ["registry"])
            try await store.remove(registry)
            let last = await seen.next()
            #expect(last?.offices.map(\.office.text) == ["declared"])
            #expect(last?.stored.pauses.isEmpty == true)
        }
    }

    @Test("who asks later hears first how it is now, and everybody hears what comes then")
    func latecomers() async throws {
        try await Self.following { configuration, changes in
            let (declared, registry) = (try OfficeName("declared"), try OfficeName("registry"))
            var early = changes.pauses(of: declared).makeAsyncIterator()
            #expect(await early.next() == .some(nil))
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            try await store.pause(OfficePause(office: declared, since: Timestamp(microseconds: 1), person: "ada"))
            #expect(await early.next() == "by ada")
            var late = changes.pauses(of: declared).makeAsyncIterator()
            #expect(await late.next() == "by ada")

            // Of another office's pause neither is told.
            var other = changes.pauses(of: registry).makeAsyncIterator()
            #expect(await other.next() == .some(nil))
            try await store.pause(OfficePause(office: registry, since: Timestamp(microseconds: 2), person: "bob"))
            #expect(await other.next() == "by bob")
            try await store.resume(declared)
            #expect(await early.next() == .some(nil))
            #expect(await late.next() == .some(nil))
        }
    }

    @Test("an office that is being deleted is known to be, whatever its settings have become")
    func leaving() async throws {
        try await Self.withConfiguration { configuration in
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            let moment = Timestamp(microseconds: 1)
            let settings = ["registry": #"{"events":["a.#"]}"#, "broken": #"{"callback":{"url":"nowhere"}}"#]
            for (name, text) in settings {
                try await store.add(try OfficeName(name), settings: text, by: "ada", at: moment)
                try await store.setLeaving(try OfficeName(name), true)
            }
            let current = try configuration.withStoredOffices()
            #expect(current.stored.leaving.map(\.office.text) == ["broken", "registry"])
            #expect(current.stored.leaving.last?.events.map(\.text) == ["a.#"])
            #expect(current.stored.problems.isEmpty && current.offices.count == 1)
            try await store.setLeaving(try OfficeName("broken"), false)
            #expect(try !configuration.withStoredOffices().stored.problems.isEmpty)
        }
    }

    @Test("however many follow it, one looks: a store that cannot be read is logged once, and all hear when it can")
    func oneLook() async throws {
        try await Self.withConfiguration { configuration in
            let log = RecordingLog()
            let changes = StoreChanges(configuration, logger: log.logger)
            try Data("no database".utf8).write(to: URL(filePath: configuration.hubFile))
            let declared = try OfficeName("declared")
            let followers = (0..<20).map { _ in changes.pauses(of: declared) }
            try await ServiceRunner.run(beside: [changes], logger: Self.quiet) {
                try await eventually("it is logged") { !log.lines.isEmpty }
                try FileManager.default.removeItem(atPath: configuration.hubFile)
                let store = try SQLiteSubscriptions(path: configuration.hubFile)
                try await store.pause(OfficePause(office: declared, since: Timestamp(microseconds: 1), person: "ada"))
                for follower in followers {
                    for await reason in follower where reason == "by ada" { break }
                }
            }
            #expect(log.lines.count == 1)
        }
    }

    @Test("it ends with its process, and so does whoever follows it")
    func ending() async throws {
        try await Self.withConfiguration { configuration in
            let changes = StoreChanges(configuration, logger: Self.quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await changes.run() }
                let followed = changes.configurations
                group.addTask { for await _ in followed {} }
                var seen = changes.configurations.makeAsyncIterator()
                _ = await seen.next()
                group.cancelAll()
                try await group.waitForAll()
            }
            var late = changes.configurations.makeAsyncIterator()
            #expect(await late.next() != nil)
            #expect(await late.next() == nil)
        }
    }
}
