import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// A relay that waits is woken by the commit, and by nothing else: the look that needs no signal is an hour away.
@Suite(.timeLimit(.minutes(1)))
struct OutboxWakingTests {
    @Test(arguments: ["wal", "delete", "truncate"])
    func aCommitOfAnotherProcessWakesTheRelay(_ journal: String) async throws {
        try await withRelayedApp(journal: journal) { app in
            for number in 1...5 {
                async let woken: Void = app.outbox.waitForRows()
                _ = try SQLiteShell.write(
                    app.path, "INSERT INTO lockstep_outbox (type, subject) VALUES ('a', 'permit/\(number)');")
                try await woken
                let entries = try await app.outbox.claim(atMost: 10, bytes: 1 << 20)
                #expect(entries.map(\.subject) == ["permit/\(number)"])
                try await app.outbox.settle(entries.map { OutboxSettlement($0.position, .sent) })
            }
        }
    }

    @Test func aCommitOfThisProcessWakesTheRelay() async throws {
        try await withRelayedApp { app in
            for number in 1...20 {
                async let woken: Void = app.outbox.waitForRows()
                try await app.append(number)
                try await woken
                #expect(try await app.outbox.claim(atMost: 10, bytes: 1 << 20).map(\.subject) == ["permit/\(number)"])
            }
        }
    }

    /// Its log is synced between the write, which is heard, and the commit, which is not.
    @Test func aCommitOfAConnectionThatStaysOpenWakesTheRelay() async throws {
        try await withRelayedApp { app in
            let writer = try app.connection()
            try await writer.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
            }
            for number in 1...30 {
                async let woken: Void = app.outbox.waitForRows()
                try await writer.write { db in
                    try db.execute(sql: "INSERT INTO lockstep_outbox (type, subject) VALUES ('a', 'permit/\(number)')")
                }
                try await woken
                #expect(try await app.outbox.claim(atMost: 10, bytes: 1 << 20).map(\.subject) == ["permit/\(number)"])
            }
        }
    }

    /// What was committed after the last claim began is not waited for.
    @Test func aCommitBeforeTheWaitIsNotMissed() async throws {
        try await withRelayedApp { app in
            #expect(try await app.outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
            try await app.append(1)
            try await app.outbox.waitForRows()
        }
    }

    @Test func withoutASignalTheRelayLooksNowAndThen() async throws {
        try await withRelayedApp(safetyLook: .milliseconds(50)) { app in
            try await app.outbox.waitForRows()
        }
    }
}
