import Lockstep
import LockstepTesting
import Testing

@testable import LockstepPostgres

/// The outboxes here look by themselves once an hour.
@Suite(.timeLimit(.minutes(2)))
struct WakingTests {
    @Test func aCommitWakesTheRelay() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                for number in 0..<5 {
                    try await outbox.fallAsleep()
                    async let woken: Void = outbox.waitForRows()
                    try await site.write(["permit/\(number)"])
                    try await woken
                    let rows = try await outbox.claim(atMost: 10, bytes: 1 << 20)
                    #expect(rows.map(\.subject) == ["permit/\(number)"])
                    try await outbox.settle(rows.map { OutboxSettlement($0.position, .sent) })
                }
            }
        }
    }

    @Test func aCommitBetweenTheClaimAndTheWaitIsNotMissed() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                try await outbox.fallAsleep()
                try await site.write(["permit/1"])
                try await outbox.waitForRows()
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).count == 1)
                // There may be more than was asked for.
                try await outbox.waitForRows()
            }
        }
    }

    @Test func aTransactionThatWasOpenBeforeTheRelaySleptIsNotMissed() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                let insert = "INSERT INTO lockstep.outbox (type, subject) VALUES ('permit.issued', 'permit/1')"
                let writer = try await site.withLock {
                    let writer = Task { try await site.sql("BEGIN; \(insert); SELECT pg_advisory_lock(1, 2); COMMIT") }
                    // Nobody sleeps when it writes, so it will notify nobody.
                    try await eventually("it has written and waits") { try await site.isWaiting() }
                    for _ in 0..<20 where try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty {
                        try await outbox.waitForRows()
                    }
                    #expect(await outbox.sleep?.isQuiet == false)
                    return writer
                }
                try await outbox.claimEventually(1)
                _ = try await writer.value
                try await outbox.fallAsleep()
                #expect(await outbox.sleep?.isQuiet == true)
            }
        }
    }

    @Test func writersNotifyOnlyWhereARelaySleeps() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                let signals = { await outbox.listener.signalCount }
                try await site.write(["permit/1"])
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).count == 1)
                let before = await signals()
                try await outbox.fallAsleep()
                #expect(await signals() == before, "what was written while it was awake has not notified it")
                try await site.write(["permit/2"])
                try await outbox.waitForRows()
                #expect(await signals() == before + 1)
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).count == 1)
                let locks = try await site.sql(
                    "SELECT count(*) FROM pg_locks WHERE classid = \(LockSpace.sleepers) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
                #expect(locks == "0", "awake again")
            }
        }
    }

    @Test func aListenerThatWasCutOffLooksAgain() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                try await site.terminate("lockstep listen")
                try await site.write(["permit/1"])
                try await outbox.claimEventually(1)
            }
        }
    }

    @Test func aCancelledWaitEndsAtOnce() async throws {
        try await withOutbox { site in
            try await relaying(site.outbox()) { outbox in
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                let waiting = Task { try await outbox.waitForRows() }
                waiting.cancel()
                try await waiting.value
            }
        }
    }

    @Test func aRelayWithItsHandsFullGoesOnWhenItHasRoom() async throws {
        try await withOutbox { site in
            try await site.sql(
                "INSERT INTO lockstep.outbox (type, subject) SELECT 'permit.issued', 'permit/' || n FROM generate_series(1, 3000) AS n"
            )
            try await relaying(site.outbox()) { outbox in
                var hand: [OutboxEntry] = []
                try await relaying(site.outbox()) { other in
                    try await eventually("it takes no more") {
                        let more = try await outbox.claim(atMost: 1000, bytes: 1 << 30)
                        hand += more
                        return more.isEmpty
                    }
                    let locks = try await site.sql(
                        "SELECT count(*) FROM pg_locks WHERE classid = \(LockSpace.claims) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    )
                    #expect(locks == "\(LockSpace.claimKeys / 2)")
                    let rows = try await other.claim(atMost: 1000, bytes: 1 << 30)
                    #expect(!rows.isEmpty)
                }
                let waiting = Task { try await outbox.waitForRows() }
                for _ in 0..<3 {
                    try await outbox.settle(hand.map { OutboxSettlement($0.position, .sent) })
                }
                try await waiting.value
                #expect(try await outbox.claim(atMost: 1000, bytes: 1 << 30).isEmpty == false)
            }
        }
    }

    @Test func rowsThatAreGivenBackAreLookedForAtOnce() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await relaying(site.outbox()) { outbox in
                let rows = try await outbox.claim(atMost: 10, bytes: 1 << 20)
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                try await outbox.release(rows.map(\.position))
                try await outbox.waitForRows()
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).count == 1)
            }
        }
    }
}

extension PostgresOutbox {
    /// Claims nothing and waits until only a signal can wake it.
    fileprivate func fallAsleep() async throws {
        try await eventually("only a signal can wake it", within: .seconds(60)) {
            let rows = try await self.claim(atMost: 10, bytes: 1 << 20)
            #expect(rows.isEmpty)
            if self.sleep?.isQuiet == true { return true }
            try await self.waitForRows()
            return false
        }
    }
}

extension Site {
    /// Runs the closure while a session holds the lock that the test's writer waits for.
    fileprivate func withLock<R>(_ body: () async throws -> R) async throws -> R {
        let holder = PostgresConnection(configuration, purpose: "holder", logger: quiet)
        _ = try await holder.query("SELECT pg_advisory_lock(1, 2)")
        do {
            let result = try await body()
            await holder.close()
            return result
        } catch {
            await holder.close()
            throw error
        }
    }

    fileprivate func isWaiting() async throws -> Bool {
        try await sql(
            """
            SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """) == "t"
    }
}
