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

    @Test("what is there comes at once, then each change of others, also of a file that is made later")
    func following() async throws {
        try await Self.withConfiguration { configuration in
            var changes = StoreChanges(configuration: configuration, logger: Self.quiet).makeAsyncIterator()
            let first = await changes.next()
            #expect(first?.offices.map(\.office.text) == ["declared"])

            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            let registry = try OfficeName("registry")
            try await store.add(registry, settings: #"{"events":["a.#"]}"#, by: "ada", at: Timestamp(microseconds: 1))
            var seen = await changes.next()
            // The file may be seen before the first row is in it.
            if seen?.offices.count == 1 { seen = await changes.next() }
            #expect(seen?.offices.map(\.office.text) == ["declared", "registry"])

            try await store.pause(OfficePause(office: registry, since: Timestamp(microseconds: 2), person: "ada"))
            #expect(await changes.next()?.stored.pauses.keys.map(\.text) == ["registry"])
            try await store.remove(registry)
            let last = await changes.next()
            #expect(last?.offices.map(\.office.text) == ["declared"])
            #expect(last?.stored.pauses.isEmpty == true)
        }
    }

    @Test("it ends when its task does")
    func ending() async throws {
        try await Self.withConfiguration { configuration in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in StoreChanges(configuration: configuration, logger: Self.quiet) {}
                }
                group.cancelAll()
            }
        }
    }

    @Test("a pause is known within a second, and so is its end; one for a callback that is gone at once")
    func pauses() async throws {
        try await Self.withConfiguration { configuration in
            let (office, other) = (try OfficeName("declared"), try OfficeName("other"))
            let pauses = OfficePauses(configuration, logger: Self.quiet)
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pauses.run() }
                try await store.pause(OfficePause(office: office, since: Timestamp(microseconds: 1), person: "ada"))
                try await eventually("it is paused", within: .seconds(10)) { pauses.pause(of: office)?.person == "ada" }
                try await store.resume(office)
                try await eventually("it works again", within: .seconds(10)) { pauses.pause(of: office) == nil }
                try await pauses.pauseGone(other, reason: "it answered 410")
                #expect(pauses.pause(of: other)?.cause == .gone)
                #expect(try await store.contents().pauses.map(\.cause) == [.gone])
                group.cancelAll()
            }
        }
    }
}
