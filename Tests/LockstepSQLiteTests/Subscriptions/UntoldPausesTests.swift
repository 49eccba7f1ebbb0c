import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

@Suite("What is to be told of pauses", .timeLimit(.minutes(1)))
struct UntoldPausesTests {
    private static func pause(_ office: String) throws -> OfficePause {
        OfficePause(office: try OfficeName(office), since: WallClock.system.now, person: "ada")
    }

    @Test("is each change, until it was told as it stands then")
    func changes() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteSubscriptions(path: directory.appending(path: "hub.sqlite").path)
            let office = try OfficeName("ward-3")
            try await store.pause(try Self.pause("ward-3"))
            try await store.pause(try Self.pause("ward-4"))
            let first = try await store.untold()
            #expect(first.map(\.office.text) == ["ward-3", "ward-4"])
            #expect(first.allSatisfy { $0.pause?.person == "ada" })
            // One that is told while it is changed is to be told again.
            try await store.resume(office)
            for word in first { try await store.markTold(word) }
            let second = try await store.untold()
            #expect(second.map(\.office) == [office] && second[0].pause == nil)
            for word in second { try await store.markTold(word) }
            #expect(try await store.untold().isEmpty)
            try await store.pause(try Self.pause("ward-4"))
            #expect(try await store.untold().isEmpty, "it was paused already")
            try await store.tellAgain(office)
            #expect(try await store.untold().map(\.office) == [office])
        }
    }

    @Test("is nothing of an office that is deleted")
    func deleted() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteSubscriptions(path: directory.appending(path: "hub.sqlite").path)
            try await store.pause(try Self.pause("registry"))
            try await store.remove(try OfficeName("registry"))
            #expect(try await store.untold().isEmpty)
        }
    }

    @Test("is, of a store of an older release, all that is paused; that store can be read before")
    func older() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "hub.sqlite").path
            let queue = try DatabaseQueue(path: path)
            try DatabaseMigrator.hubToRead.migrate(queue)
            try await queue.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO pauses (office, since, person, reason, cause)
                        VALUES ('ward-3', 1, 'ada', NULL, 'operator')
                        """)
            }
            try queue.close()
            let reader = try SQLiteSubscriptions(reading: path)
            #expect(try await reader.contents().pauses.map(\.office.text) == ["ward-3"])
            try reader.close()
            let store = try SQLiteSubscriptions(path: path)
            #expect(try await store.untold().map(\.office.text) == ["ward-3"])
        }
    }
}
