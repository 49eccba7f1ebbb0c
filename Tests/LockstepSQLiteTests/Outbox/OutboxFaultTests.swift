import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// What is wrong with the core app's file, and what the relay is told.
@Suite(.timeLimit(.minutes(1)))
struct OutboxFaultTests {
    @Test(arguments: ["wal", "delete"])
    func aLockOfTheCoreAppPasses(_ journal: String) async throws {
        try await withRelayedApp(journal: journal) { app in
            try await app.append(1)
            let entries = try await app.outbox.claim(atMost: 1, bytes: 1)
            let settlements = entries.map { OutboxSettlement($0.position, .sent) }
            try await SQLiteShell.withLock(on: app.path) {
                #expect(await failure { try await app.outbox.settle(settlements) }?.code == .storeUnavailable)
            }
            #expect(try await app.outbox.status().sent == 0)
            try await app.outbox.settle(settlements)
            #expect(try await app.outbox.status().sent == 1)
        }
    }

    @Test func aFullDiskPasses() async throws {
        try await withRelayedApp { app in
            let large = JSONText(string: String(repeating: "x", count: 3_000))
            for number in 1...50 { try await app.append(number, ["a": large]) }
            let entries = try await app.outbox.claim(atMost: 50, bytes: 1 << 20)
            let reason = String(repeating: "x", count: 4_000)
            let settlements = entries.map { OutboxSettlement($0.position, .refused(reason)) }
            let session = try app.outbox.current()
            try await session.pragma("max_page_count = 60")
            #expect(await failure { try await app.outbox.settle(settlements) }?.code == .storeFull)
            #expect(try await app.outbox.status().refused == 0)
            try await session.pragma("max_page_count = 1000000")
            try await app.outbox.settle(settlements)
            #expect(try await app.outbox.status().refused == 50)
        }
    }

    @Test func aFileThatIsDamagedIsRefusedWithTheWayOut() async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory)
            for number in 1...200 { try await app.append(number) }
            try app.database.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: app.path))
            let size = try file.seekToEnd()
            // The first page, with the schema, is sound; the rows are not.
            try file.seek(toOffset: 4096)
            try file.write(contentsOf: Data(repeating: 0xAA, count: Int(size) - 4096))
            try file.close()
            let error = await failure {
                try await app.outbox.begin {}
                _ = try await app.outbox.claim(atMost: 500, bytes: 1 << 20)
            }
            #expect(error?.code == .storeCorrupt)
            #expect(error?.message.contains(".recover") == true)
            await app.outbox.end()
        }
    }

    /// After a failed fsync nothing is tried on the file any more, whatever the system says the next time.
    @Test func aFileThatFailedIsGivenUp() async throws {
        try await withRelayedApp { app in
            try await app.append(1)
            let database = try app.outbox.current().database
            let error = await failure {
                try await database.write { _ in throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC) }
            }
            #expect(error?.code == .storeFailed)
            #expect(await failure { _ = try await app.outbox.claim(atMost: 1, bytes: 1) }?.code == .storeFailed)
        }
    }

    /// While a relay settles and purges, the core app's writers wait for it no longer than for each other.
    @Test func theCoreAppGoesOnWritingWhileTheRelayPurges() async throws {
        try await withRelayedApp { app in
            try await app.insert(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                INSERT INTO lockstep_outbox (type, subject) SELECT 'a', 'permit/' || i FROM n;
                UPDATE lockstep_outbox SET outcome = 'sent', settled_at = 1;
                """
            )
            let writer = try app.connection()
            let longest = try await withThrowingTaskGroup(of: Duration.self) { group in
                group.addTask {
                    // Where the core app holds the lock for longer than that, the relay comes again later.
                    var left = 5000
                    while left > 0 {
                        left -= (try? await app.outbox.purge(sentBefore: WallClock.system.now, atMost: 500)) ?? 0
                    }
                    return .zero
                }
                group.addTask {
                    var longest = Duration.zero
                    for number in 0..<50 {
                        let start = ContinuousClock.now
                        try await writer.write { db in try app.outbox.append(try CoreApp.draft(number), in: db) }
                        longest = max(longest, start.duration(to: .now))
                    }
                    return longest
                }
                return try await group.reduce(.zero, max)
            }
            #expect(longest < .seconds(5))
            #expect(try await app.outbox.status().waiting == 50)
        }
    }
}

extension OutboxSession {
    /// Sets a pragma of the relay's own connection.
    fileprivate func pragma(_ text: String) async throws {
        try await database.writer.writeWithoutTransaction { db in _ = try Int.fetchOne(db, sql: "PRAGMA \(text)") }
    }
}
