import Lockstep
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepPostgres

/// What several relays on one outbox owe each other.
@Suite(.timeLimit(.minutes(3)))
struct SideBySideTests {
    @Test func noTwoHaveRowsOfTheSameRecord() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1", "permit/2", "permit/1"])
            try await relaying(site.outbox()) { first in
                let held = try await first.claim(atMost: 1, bytes: 1 << 20)
                #expect(held.map(\.subject) == ["permit/1"])
                try await relaying(site.outbox()) { second in
                    let others = try await second.claim(atMost: 10, bytes: 1 << 20)
                    #expect(others.map(\.subject) == ["permit/2"])
                    try await first.settle(held.map { OutboxSettlement($0.position, .sent) })
                    let rest = try await second.claim(atMost: 10, bytes: 1 << 20)
                    #expect(rest.map(\.subject) == ["permit/1"])
                    #expect(try await first.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                }
            }
        }
    }

    @Test func oneFindsWorkBehindWhatTheOtherHas() async throws {
        try await withOutbox { site in
            try await site.write((1...40).map { "permit/\($0)" })
            try await relaying(site.outbox()) { first in
                let front = try await first.claim(atMost: 10, bytes: 1 << 20)
                #expect(front.count == 10)
                try await relaying(site.outbox()) { second in
                    let behind = try await second.claim(atMost: 10, bytes: 1 << 20)
                    #expect(behind.count == 10)
                    #expect(Set(behind.map(\.position)).isDisjoint(with: front.map(\.position)))
                }
            }
        }
    }

    @Test func oneThatIsAloneTakesAllAndLeavesSomeOnceThereIsAnother() async throws {
        let write = """
            INSERT INTO lockstep.outbox (type, subject)
            SELECT 'permit.issued', 'permit/' || n FROM generate_series(1, 3000) AS n
            """
        try await withOutbox { site in
            try await site.sql(write)
            try await relaying(site.outbox()) { first in
                var hand: [OutboxEntry] = []
                while hand.count < 3000 {
                    let more = try await first.claim(atMost: 1000, bytes: 1 << 30)
                    try #require(!more.isEmpty, "it has its hands full with \(hand.count)")
                    hand += more
                }
                try await relaying(site.outbox()) { second in
                    #expect(try await second.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                    try await first.settle(hand.map { OutboxSettlement($0.position, .sent) })
                    try await site.sql(write)
                    for _ in 0..<4 { _ = try await first.claim(atMost: 1000, bytes: 1 << 30) }
                    #expect(try await second.claim(atMost: 1000, bytes: 1 << 30).isEmpty == false)
                }
            }
        }
    }

    @Test func oneThatIsAloneKeepsItsLocksUntilThereIsAnother() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1", "permit/2"])
            try await relaying(site.outbox()) { first in
                let hand = try await first.claim(atMost: 10, bytes: 1 << 20)
                try await first.settle(hand.map { OutboxSettlement($0.position, .sent) })
                #expect(try await site.recordsLocked() == "2")
                try await relaying(site.outbox()) { second in
                    try await site.write(["permit/1"])
                    #expect(try await second.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                    // The first has nothing to do but what comes now and then.
                    _ = try await first.purge(sentBefore: Timestamp(microseconds: 0), atMost: 1)
                    #expect(try await site.recordsLocked() == "0")
                    #expect(try await second.claim(atMost: 10, bytes: 1 << 20).count == 1)
                }
            }
        }
    }

    @Test func oneThatWasAloneTakesNothingOfWhatAnotherHasMeanwhile() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await relaying(site.outbox()) { first in
                #expect(try await first.claim(atMost: 10, bytes: 1 << 20).map(\.subject) == ["permit/1"])
                try await relaying(site.outbox()) { second in
                    try await site.write(["permit/2"])
                    #expect(try await second.claim(atMost: 10, bytes: 1 << 20).map(\.subject) == ["permit/2"])
                    try await site.write(["permit/2", "permit/1", "permit/3"])
                    let more = try await first.claim(atMost: 10, bytes: 1 << 20)
                    #expect(more.map(\.subject) == ["permit/1", "permit/3"])
                }
            }
        }
    }

    @Test func aClaimGoesOnBesideASettlementAndTakesNothingOfIt() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1", "permit/2"])
            try await relaying(site.outbox()) { outbox in
                let held = try await outbox.claim(atMost: 1, bytes: 1 << 20)
                let settlements = held.map { OutboxSettlement($0.position, .sent) }
                let holder = PostgresConnection(site.configuration, purpose: "holder", logger: quiet)
                _ = try await holder.query("BEGIN")
                _ = try await holder.query("SELECT 1 FROM lockstep.outbox FOR UPDATE")
                async let settled: Void = outbox.settle(settlements)
                try await eventually("the settlement waits") { try await site.settlementWaits() }
                let next = try await outbox.claim(atMost: 10, bytes: 1 << 20)
                #expect(next.map(\.subject) == ["permit/2"])
                await holder.close()
                try await settled
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                #expect(try await outbox.status().sent == 1)
            }
        }
    }

    @Test func theRowsOfARelayThatIsCutOffAreClaimedByAnother() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1", "permit/2"])
            try await relaying(site.outbox("first")) { first in
                #expect(try await first.claim(atMost: 10, bytes: 1 << 20).count == 2)
                try await relaying(site.outbox()) { second in
                    #expect(try await second.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                    try await site.terminate("first relay")
                    try await second.claimEventually(2)
                }
            }
        }
    }

    @Test func aRelayThatIsSilentForTooLongLosesItsRows() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await relaying(site.outbox(abandonedAfter: .seconds(1))) { frozen in
                let held = try await frozen.claim(atMost: 1, bytes: 1 << 20)
                try await relaying(site.outbox()) { second in
                    try await second.claimEventually(1)
                    // It wakes up, and settles what it had in hand: nothing twice. The call that finds the connection gone
                    // may say so; a relay tries again.
                    let settlements = held.map { OutboxSettlement($0.position, .sent) }
                    if (try? await frozen.settle(settlements)) == nil { try await frozen.settle(settlements) }
                    try await second.settle(held.map { OutboxSettlement($0.position, .sent) })
                    #expect(try await second.status().sent == 1)
                }
            }
        }
    }

    @Test func everyRowIsInOneHandAtATimeAndInOrder() async throws {
        try await withOutbox { site in
            let total = 3000
            let ledger = SharedLedger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<3 {
                    group.addTask {
                        try await site.sql(
                            """
                            DO $$ BEGIN FOR n IN 1..\(total / 30) LOOP
                                INSERT INTO lockstep.outbox (type, subject)
                                SELECT 'permit.issued', 'permit/' || (n * 7 + m + \(writer)) % 40 FROM generate_series(1, 10) AS m
                                ORDER BY 2;
                                COMMIT;
                            END LOOP; END $$
                            """)
                    }
                }
                for relay in 0..<3 {
                    group.addTask {
                        try await relaying(site.outbox()) { outbox in
                            while ledger.state.withLock({ $0.count }) < total {
                                let entries = try await outbox.claim(atMost: 17 + relay, bytes: 1 << 20)
                                for entry in entries { ledger.state.withLock { $0.take(entry, by: relay) } }
                                await Task.yield()
                                for entry in entries { ledger.state.withLock { $0.finish(entry, by: relay) } }
                                try await outbox.settle(entries.map { OutboxSettlement($0.position, .sent) })
                                if entries.isEmpty, ledger.state.withLock({ $0.count }) < total {
                                    try await outbox.waitForRowsOrALittle()
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            ledger.state.withLock { ledger in
                #expect(ledger.problems.isEmpty, "\(ledger.problems.prefix(5))")
                #expect(ledger.count == total)
                #expect(ledger.relays == [0, 1, 2], "all of them had work")
            }
            #expect(try await site.sql("SELECT count(*) FROM lockstep.sent") == "\(total)")
        }
    }
}

private final class SharedLedger: Sendable {
    let state = Mutex(Ledger())
}

/// What relays had in hand, and whether they should have.
private struct Ledger {
    var count = 0
    var relays: Set<Int> = []
    var problems: [String] = []
    private var holders: [String: Int] = [:]
    private var newest: [String: Int64] = [:]
    private var inHand: [String: Int] = [:]

    mutating func take(_ entry: OutboxEntry, by relay: Int) {
        let subject = entry.subject ?? ""
        if let holder = holders[subject], holder != relay {
            problems.append("\(subject) is with \(holder) and \(relay)")
        }
        if let last = newest[subject], entry.position.number <= last { problems.append("\(subject) went back") }
        newest[subject] = entry.position.number
        holders[subject] = relay
        inHand[subject, default: 0] += 1
        count += 1
        relays.insert(relay)
    }

    mutating func finish(_ entry: OutboxEntry, by relay: Int) {
        let subject = entry.subject ?? ""
        inHand[subject, default: 0] -= 1
        if inHand[subject] == 0 { holders[subject] = nil }
    }
}

extension PostgresOutbox {
    /// Waits for rows, but also returns for the end of a test whose last rows another relay has taken.
    fileprivate func waitForRowsOrALittle() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.waitForRows() }
            group.addTask { try await Task.sleep(for: .milliseconds(200)) }
            _ = try await group.next()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Claims until that many rows are there, waiting as a relay does.
    func claimEventually(_ count: Int, file: String = #fileID, line: Int = #line) async throws {
        var found = 0
        try await eventually("\(count) rows are claimed", within: .seconds(60), file: file, line: line) {
            found += try await self.claim(atMost: 100, bytes: 1 << 20).count
            if found < count { try await self.waitForRows() }
            return found >= count
        }
    }
}

extension Site {
    /// How many records relays keep from each other.
    fileprivate func recordsLocked() async throws -> String {
        try await sql(
            """
            SELECT count(*) FROM pg_locks WHERE classid = \(LockSpace.claims)
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
    }

    fileprivate func settlementWaits() async throws -> Bool {
        try await sql(
            """
            SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'lockstep settle' AND wait_event_type = 'Lock'
            """) == "t"
    }

    /// Ends the sessions of a name, as an administrator would.
    func terminate(_ name: String) async throws {
        let ended = try await sql(
            """
            SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity
            WHERE datname = '\(database)' AND application_name = '\(name)'
            """)
        try #require(ended == "t", "there was such a session")
    }
}
