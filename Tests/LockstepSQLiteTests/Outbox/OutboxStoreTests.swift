import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
import Testing

/// What a relay asks of the outbox.
@Suite(.timeLimit(.minutes(1)))
struct OutboxStoreTests {
    private static let room = 1 << 20

    @Test func rowsAreClaimedInOrderAndOnce() async throws {
        try await withRelayedApp { app in
            for number in 1...5 { try await app.append(number) }
            let first = try await app.outbox.claim(atMost: 2, bytes: Self.room)
            #expect(first.map(\.subject) == ["permit/1", "permit/2"])
            let second = try await app.outbox.claim(atMost: 10, bytes: Self.room)
            #expect(second.map(\.subject) == ["permit/3", "permit/4", "permit/5"])
            #expect(try await app.outbox.claim(atMost: 10, bytes: Self.room).isEmpty)
            try await app.outbox.release([first[1].position, second[0].position])
            #expect(
                try await app.outbox.claim(atMost: 10, bytes: Self.room).map(\.subject) == ["permit/2", "permit/3"])
        }
    }

    @Test func aClaimEndsWithTheRelay() async throws {
        try await withRelayedApp { app in
            try await app.append(1)
            #expect(try await app.outbox.claim(atMost: 1, bytes: Self.room).count == 1)
            await app.outbox.end()
            try await app.outbox.begin {}
            #expect(try await app.outbox.claim(atMost: 1, bytes: Self.room).count == 1)
        }
    }

    @Test func aClaimTakesNoMoreBytesThanItMayButOneRow() async throws {
        try await withRelayedApp { app in
            let large = JSONText(string: String(repeating: "x", count: 10_000))
            for number in 1...3 { try await app.append(number, ["a": large]) }
            #expect(try await app.outbox.claim(atMost: 10, bytes: 25_000).count == 2)
            #expect(try await app.outbox.claim(atMost: 10, bytes: 1).count == 1)
        }
    }

    @Test func whatIsSettledDoesNotComeBackAndIsCounted() async throws {
        try await withRelayedApp(clock: Sample.now) { app in
            for number in 1...4 { try await app.append(number) }
            let entries = try await app.outbox.claim(atMost: 3, bytes: Self.room)
            let results: [OutboxResult] = [.sent, .unrouted, .refused("no")]
            let settlements = zip(entries, results).map { OutboxSettlement($0.position, $1) }
            for _ in 0..<2 {
                // A settlement that is repeated is passed over.
                try await app.outbox.settle(settlements)
                let status = try await app.outbox.status()
                #expect(status.waiting == 1 && status.sent == 1 && status.unrouted == 1 && status.refused == 1)
                #expect(status.oldestWaiting != nil)
            }
            #expect(try await app.column("outcome", of: String.self) == ["sent", "unrouted", "refused", nil])
            #expect(try await app.column("reason", of: String.self) == [nil, nil, "no", nil])
            // After a restart, too; and what a person has put back is claimed again.
            await app.outbox.end()
            try await app.outbox.begin {}
            #expect(try await app.outbox.claim(atMost: 9, bytes: Self.room).map(\.subject) == ["permit/4"])
            #expect(try app.outbox.retry() == 2)
            #expect(
                try await app.outbox.claim(atMost: 9, bytes: Self.room).map(\.subject) == ["permit/2", "permit/3"])
        }
    }

    @Test func onlyWhatIsOldEnoughIsPurgedAndNothingRefused() async throws {
        let time = Mutex(Sample.milliseconds)
        let clock = WallClock { Timestamp(microseconds: time.withLock { $0 } * 1000) }
        try await withRelayedApp(clock: clock) { app in
            for number in 1...6 { try await app.append(number) }
            let entries = try await app.outbox.claim(atMost: 5, bytes: Self.room)
            for (entry, result) in zip(entries, [OutboxResult.sent, .refused("no"), .sent, .sent, .sent]) {
                try await app.outbox.settle([OutboxSettlement(entry.position, result)])
                time.withLock { $0 += 1000 }
            }
            let moment = Timestamp(microseconds: (Sample.milliseconds + 4000) * 1000)
            #expect(try await app.outbox.purge(sentBefore: moment, atMost: 2) == 2)
            #expect(try await app.outbox.purge(sentBefore: moment, atMost: 2) == 1)
            #expect(try await app.outbox.purge(sentBefore: moment, atMost: 2) == 0)
            #expect(try await app.column("subject", of: String.self) == ["permit/2", "permit/5", "permit/6"])
            #expect(try await app.outbox.status().sent == 4)
            // A position is never given again, whatever was purged: it is the order of the commits.
            try await app.insert("DELETE FROM lockstep_outbox")
            try await app.append(7)
            #expect(try await app.column("position", of: Int.self) == [7])
        }
    }

    @Test(arguments: [
        ("data", "'{\"a\":1,\"a\":2}'", "twice"), ("seen", "'%zz=0190c5a2b3c40000'", "seen versions"),
        ("time", "'2024-13-99Tx'", "RFC 3339"),
    ])
    func aRowThatTheChecksLetThroughIsStillNoEvent(_ column: String, _ value: String, _ reason: String) async throws {
        try await withRelayedApp { app in
            try await app.insert("INSERT INTO lockstep_outbox (type, subject, \(column)) VALUES ('a', 'b', \(value))")
            let entry = try #require(try await app.outbox.claim(atMost: 1, bytes: 1).first)
            guard case .failure(let error) = entry.event else {
                Issue.record("it was read as an event")
                return
            }
            #expect(error.message.contains(reason))
        }
    }

    @Test func aSecondRelayStandsByUntilTheFirstIsGone() async throws {
        try await withRelayedApp { app in
            let other = SQLiteOutbox(path: app.path, origin: try Origin("core"))
            let stands = AsyncStream.makeStream(of: Void.self)
            let second = Task {
                try await other.begin { stands.continuation.yield() }
                await other.end()
            }
            for await _ in stands.stream { break }
            await app.outbox.end()
            try await second.value
        }
    }

    /// No question reads rows that it does not ask for, however many there are.
    @Test(arguments: [
        (
            "SELECT * FROM lockstep_outbox WHERE outcome IS NULL AND position > 5 ORDER BY position",
            "lockstep_outbox_waiting"
        ),
        ("SELECT count(*) FROM lockstep_outbox WHERE outcome IS NULL", "lockstep_outbox_waiting"),
        (
            "SELECT outcome, count(*) FROM lockstep_outbox WHERE settled_at IS NULL AND outcome IS NOT NULL GROUP BY outcome",
            "lockstep_outbox_stuck"
        ),
        (
            "SELECT position FROM lockstep_outbox WHERE settled_at IS NOT NULL AND settled_at < 5 ORDER BY settled_at LIMIT 5",
            "lockstep_outbox_settled"
        ),
    ])
    func everyQuestionHasItsIndex(_ question: String, _ index: String) async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory)
            let plan = try await app.database.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(question)").map { $0["detail"] as String }
            }
            #expect(plan.count == 1 && plan[0].contains(index), "\(plan)")
        }
    }
}
