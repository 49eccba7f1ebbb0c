import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// The outbox's clock against versions that no clock gave.
@Suite(.timeLimit(.minutes(1)))
struct OutboxClockTests {
    /// The rules as the first release had them, which files that it made still have.
    private static let first = """
        DROP TRIGGER lockstep_outbox_refuse; DROP TRIGGER lockstep_outbox_observe;
        CREATE TRIGGER lockstep_outbox_observe AFTER INSERT ON lockstep_outbox WHEN NEW.version IS NOT NULL
        BEGIN UPDATE lockstep_outbox_clock SET last = 9223372036854775807; END;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'version < ''7''', 'version < ''8''') WHERE name = 'lockstep_outbox';
        PRAGMA writable_schema = RESET;
        """

    private static func versions(_ app: CoreApp) async throws -> [Version] {
        try await app.column("version", of: String.self).map { try Version(try #require($0)) }
    }

    private static func isNear(_ version: Version) -> Bool {
        abs(version.reading.milliseconds - WallClock.system.now.milliseconds) < 60_000
    }

    @Test(arguments: ["6fffffffffffffff-x", "0fffffffffffffff-x"])
    func aVersionFarAheadIsTakenButDoesNotMoveTheClock(_ version: String) async throws {
        try await withRelayedApp { app in
            try await app.insert("INSERT INTO lockstep_outbox (type, subject, version) VALUES ('a', 'b', '\(version)')")
            try await app.append(1)
            let seen = try Seen("x=\(version.prefix(16)),y=0190c5a2b3c40000")
            try await app.database.write { db in
                var draft = try CoreApp.draft(2)
                draft.seen = seen
                try app.outbox.append(draft, in: db)
                draft.seen = .nothing
                draft.version = try Version(version)
                try app.outbox.append(draft, in: db)
            }
            try await app.append(3)
            let versions = try await Self.versions(app)
            #expect([1, 2, 4].allSatisfy { Self.isNear(versions[$0]) }, "\(versions)")
            #expect(versions[1] < versions[2] && versions[2] < versions[4])
        }
    }

    @Test func aVersionAtTheEndOfTimeIsRefusedByAppend() async throws {
        try await withRelayedApp { app in
            let error = await failure {
                try await app.database.write { db in
                    var draft = try CoreApp.draft(1)
                    draft.version = try Version("7fffffffffffffff-x")
                    try app.outbox.append(draft, in: db)
                }
            }
            #expect(error?.code == .invalidEvent)
            #expect(error?.message.contains("version must be") == true)
        }
    }

    /// A file that was made by the first release, and whose clock has been driven to its end already.
    @Test func anOlderFileIsMended() async throws {
        try await withRelayedApp { app in
            try await app.database.writeWithoutTransaction { db in try db.execute(sql: Self.first) }
            let insert = "INSERT INTO lockstep_outbox (type, subject, version) VALUES ('a', 'b', '7fffffffffffffff-x')"
            try await app.insert(insert)
            try await app.append(1)
            try await app.append(2)
            let stuck = try await Self.versions(app)
            #expect(stuck[1] == stuck[2], "as it was")

            try await app.install()
            try await app.append(3)
            try await app.append(4)
            let versions = try await Self.versions(app)
            #expect(Self.isNear(versions[3]) && versions[3] < versions[4])
            await #expect(throws: DatabaseError.self) { try await app.insert(insert) }
        }
    }
}
