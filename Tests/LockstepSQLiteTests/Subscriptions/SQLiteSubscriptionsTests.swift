import Foundation
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// The hub's store.
@Suite(.timeLimit(.minutes(1)))
struct SQLiteSubscriptionsTests {
    private static func withStore(_ body: (SQLiteSubscriptions, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "state/hub.sqlite").path
            try await body(try SQLiteSubscriptions(path: path), path)
        }
    }

    private static func time(_ seconds: Int64) -> Timestamp { LedgerSample.time(seconds) }

    @Test func whatWasKeptIsThereForWhoeverOpensTheFile() async throws {
        try await Self.withStore { store, path in
            let office = try OfficeName("registry")
            try await store.add(office, settings: #"{"events":["a.#"]}"#, by: "ada", at: Self.time(1))
            try await store.change(office, revision: 1, settings: "{}", by: "bob", at: Self.time(2))
            let pause = OfficePause(
                office: try OfficeName("ward-3"), since: Self.time(3), person: "ada", reason: "moving", cause: .gone)
            #expect(try await store.pause(pause))
            try store.close()
            let contents = try SQLiteSubscriptions(reading: path).contentsNow()
            #expect(
                contents.subscriptions == [
                    StoredSubscription(
                        office: office, settings: "{}", revision: 2, created: Self.time(1), changed: Self.time(2),
                        person: "bob", isLeaving: false)
                ])
            #expect(contents.pauses == [pause])
        }
    }

    @Test func onlyTheOwnerMayReadTheFileAndItsJournal() async throws {
        try await Self.withStore { store, path in
            try await store.add(try OfficeName("a"), settings: "{}", by: "ada", at: Self.time(1))
            for file in [path, path + "-journal"] {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600, "\(file)")
            }
        }
    }

    @Test func aNameIsTakenAlsoInOtherUpperAndLowerCase() async throws {
        try await Self.withStore { store, _ in
            try await store.add(try OfficeName("ward"), settings: "{}", by: "ada", at: Self.time(1))
            let error = await failure {
                try await store.add(try OfficeName("Ward"), settings: "{}", by: "ada", at: Self.time(1))
            }
            #expect(error?.code == .alreadyExists)
        }
    }

    @Test func aChangeThatDoesNotKnowTheLastOneIsRefused() async throws {
        try await Self.withStore { store, _ in
            let office = try OfficeName("a")
            try await store.add(office, settings: "{}", by: "ada", at: Self.time(1))
            try await store.change(office, revision: 1, settings: #"{"a":1}"#, by: "ada", at: Self.time(2))
            let late = await failure {
                try await store.change(office, revision: 1, settings: #"{"a":2}"#, by: "bob", at: Self.time(3))
            }
            #expect(late?.code == .refused)
            let unknown = await failure {
                try await store.change(try OfficeName("b"), revision: 1, settings: "{}", by: "bob", at: Self.time(3))
            }
            #expect(unknown?.code == .notFound)
            #expect(try await store.contents().subscriptions.map(\.settings) == [#"{"a":1}"#])
        }
    }

    @Test func theFirstPauseCountsAndEndsOnlyForItsCause() async throws {
        try await Self.withStore { store, _ in
            let office = try OfficeName("a")
            let first = OfficePause(office: office, since: Self.time(1), person: "ada")
            #expect(try await store.pause(first))
            #expect(
                try await !store.pause(OfficePause(office: office, since: Self.time(2), person: "hub", cause: .gone)))
            #expect(try await store.resume(office, cause: .gone) == nil)
            #expect(try await store.contents().pauses == [first])
            #expect(try await store.resume(office) == first)
            #expect(try await store.resume(office) == nil)
        }
    }

    @Test func whatIsBeingDeletedCannotBeChanged() async throws {
        try await Self.withStore { store, _ in
            let office = try OfficeName("a")
            try await store.add(office, settings: "{}", by: "ada", at: Self.time(1))
            #expect(try await store.setLeaving(office, true))
            #expect(try await store.contents().subscriptions.map(\.isLeaving) == [true])
            let error = await failure {
                try await store.change(office, revision: 2, settings: "[]", by: "bob", at: Self.time(2))
            }
            #expect(error?.code == .refused)
            #expect(try await store.remove(office))
            #expect(try await store.contents() == StoredSubscriptions())
        }
    }

    @Test func theStampTellsOfOthersChanges() async throws {
        try await Self.withStore { store, path in
            let reader = try SQLiteSubscriptions(reading: path)
            let before = try await reader.stamp()
            #expect(try await reader.stamp() == before)
            try await store.pause(OfficePause(office: try OfficeName("a"), since: Self.time(1), person: "ada"))
            #expect(try await reader.stamp() != before)
        }
    }
}
