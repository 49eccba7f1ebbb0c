import Lockstep
import LockstepPostgres
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(2)))
struct VersionTests {
    private static let insert = "INSERT INTO lockstep.outbox (type, subject) VALUES ('permit.issued', 'permit/1')"

    /// All versions in the order in which they were written.
    private func versions(_ site: Site) async throws -> [String] {
        try await site.sql("SELECT version FROM lockstep.outbox ORDER BY position").split(separator: "\n").map(
            String.init)
    }

    @Test func growWithinATransactionAndBetweenThem() async throws {
        try await withOutbox { site in
            for _ in 0..<3 { try await site.sql(String(repeating: Self.insert + ";", count: 20)) }
            let all = try await versions(site)
            #expect(all.count == 60 && all == all.sorted() && Set(all).count == 60)
        }
    }

    @Test func goOnWhereTheyWereWhenTheClockIsSetBack() async throws {
        try await withOutbox { site in
            // To the database a clock that is an hour behind the sequence is one that was set back by an hour.
            try await site.sql("SELECT setval('lockstep.clock', nextval('lockstep.clock') + (4000000::bigint << 16))")
            let ahead = try await site.sql(
                "SELECT setval('lockstep.clock', ((extract(epoch FROM now()) + 3600) * 1000)::bigint << 16)")
            try await site.sql(Self.insert)
            try await site.sql(Self.insert)
            let readings = try await versions(site).map { try Version($0).reading.bits }
            let last = try #require(UInt64(ahead))
            #expect(readings == [last + 1, last + 2])
        }
    }

    @Test func areNewerThanWhatTheChangeHasSeen() async throws {
        try await withOutbox { site in
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (type, subject, seen)
                VALUES ('permit.issued', 'permit/1', 'core=0190c5a2b3c40000,ward-3=0790c5a2b3c40009')
                """)
            try await site.sql(Self.insert)
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (type, subject, source, version)
                VALUES ('permit.issued', 'permit/1', 'ward-4', '0790c5a2b3c50000-ward-4')
                """)
            try await site.sql(Self.insert)
            #expect(
                try await versions(site) == [
                    "0790c5a2b3c4000a-core", "0790c5a2b3c4000b-core", "0790c5a2b3c50000-ward-4",
                    "0790c5a2b3c50002-core",
                ])
        }
    }

    @Test func noSeenVersionUsesUpTheClock() async throws {
        try await withOutbox { site in
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (type, subject, seen)
                VALUES ('permit.issued', 'permit/1', 'ward-3=7fffffffffffffff,ward-4=ffffffffffffffff')
                """)
            try await site.sql(Self.insert)
            let ahead = try await versions(site).filter { $0 > "02" }
            #expect(ahead == [])
        }
    }

    @Test func followTheCommitsOfARecordWhoeverWritesAboutIt() async throws {
        try await withOutbox { site in
            // Whoever comes second waits for the first, though they have no row of their own in common.
            async let first = site.sql("BEGIN; \(Self.insert); SELECT pg_sleep(1); COMMIT")
            try await eventually("the first has written") {
                try await site.isHeld(1_280_262_914)
            }
            let second =
                "INSERT INTO lockstep.outbox (type, subject, data) VALUES ('permit.issued', 'permit/1', '{\"b\": 2}')"
            try await site.sql(second)
            let order = "SELECT string_agg(data::text, ' ' ORDER BY position) FROM lockstep.outbox"
            #expect(try await site.sql(order) == "{} {\"b\": 2}")
            _ = try await first
        }
    }

    @Test func writersAboutOtherRecordsDoNotWaitForEachOther() async throws {
        try await withOutbox { site in
            async let first = site.sql("BEGIN; \(Self.insert); SELECT pg_sleep(30)")
            try await eventually("the first has written") {
                try await site.isHeld(1_280_262_914)
            }
            try await site.sql("SET statement_timeout = '10s'; \(Self.insert.replacing("permit/1", with: "permit/2"))")
            #expect(try await site.sql("SELECT count(*) FROM lockstep.outbox") == "1")
            try await site.terminateSleeper()
            _ = try? await first
        }
    }

    @Test func aLargeTransactionTakesFewLocks() async throws {
        try await withOutbox { site in
            let count = try await site.sql(
                """
                BEGIN;
                INSERT INTO lockstep.outbox (type, subject) SELECT 'permit.issued', 'permit/' || n FROM generate_series(1, 20000) AS n;
                SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
                COMMIT
                """)
            #expect(count == "32")
            #expect(
                try await site.sql("SELECT count(*), count(DISTINCT version) FROM lockstep.outbox") == "20000|20000")
        }
    }

    @Test func neverRepeatOrGoBackWithManyWritersAtOnce() async throws {
        try await withOutbox { site in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        // Each reads, after each of its own, that what anybody had committed before is older.
                        try await site.sql(
                            """
                            DO $$ DECLARE newest bigint; own bigint; BEGIN FOR n IN 1..200 LOOP
                                SELECT max(position) INTO newest FROM lockstep.outbox;
                                INSERT INTO lockstep.outbox (type, subject) VALUES ('permit.issued', 'permit/\(writer)-' || n % 3)
                                    RETURNING position INTO own;
                                IF own <= coalesce(newest, 0) THEN RAISE 'went back'; END IF;
                                COMMIT;
                            END LOOP; END $$
                            """)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await site.sql("SELECT count(*), count(DISTINCT version) FROM lockstep.outbox") == "1200|1200")
        }
    }

    @Test func aCancelledWriterLeavesTheClockFree() async throws {
        try await withOutbox { site in
            async let holder = site.sql("BEGIN; SELECT pg_advisory_xact_lock(1280262913, 0); SELECT pg_sleep(30)")
            try await eventually("the clock is held") {
                try await site.isHeld(1_280_262_913)
            }
            _ = try? await site.sql("SET statement_timeout = '200ms'; \(Self.insert)")
            try await site.terminateSleeper()
            _ = try? await holder
            try await site.sql("SET statement_timeout = '10s'; \(Self.insert)")
            #expect(try await versions(site).count == 1)
        }
    }
}

extension Site {
    /// Whether somebody in this database holds a lock of one of Lockstep's spaces.
    fileprivate func isHeld(_ space: Int) async throws -> Bool {
        try await sql(
            """
            SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = \(space)
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """) == "t"
    }

    /// Ends the session that sleeps for half a minute.
    fileprivate func terminateSleeper() async throws {
        try await sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()
            """)
    }
}
