import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
import Testing

/// What a core app may write, in Swift and in SQL, and what the database makes of it.
@Suite(.timeLimit(.minutes(1)))
struct OutboxWritingTests {
    private struct Rollback: Error {}

    @Test func theEventCommitsWithTheChangeOrNotAtAll() async throws {
        try await withRelayedApp { app in
            let outbox = app.outbox
            await #expect(throws: Rollback.self) {
                try await app.database.write { db in
                    try db.execute(sql: "INSERT INTO permits VALUES ('1', 'Issued')")
                    try outbox.append(try CoreApp.draft(1), in: db)
                    throw Rollback()
                }
            }
            #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
            try await app.database.write { db in
                try db.execute(sql: "INSERT INTO permits VALUES ('2', 'Issued')")
                try outbox.append(try CoreApp.draft(2), in: db)
            }
            #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).map(\.subject) == ["permit/2"])
        }
    }

    @Test func anEventComesOutAsItWentIn() async throws {
        try await withRelayedApp(clock: Sample.now) { app in
            var draft = try CoreApp.draft(1, ["status": "Issued", "name": "Zoë \"Z\" O'Neill", "n": 15])
            draft.scope = try Scope("ward-3")
            draft.operation = .replace
            draft.source = try Origin("ward-3")
            draft.time = Timestamp(rfc3339: "2024-07-03T15:06:40.25Z")
            draft.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            draft.extensions = ["partitionkey": "a\"b"]
            draft.id = try EventID("my-id")
            // Its clock is some hours ahead.
            let seen = ClockReading(UInt64(WallClock.system.now.milliseconds + 40_000_000) << 16 + 7)
            draft.seen = try Seen("core=\(seen),ward-1=0190c5a2b3c40000")
            let whole = draft
            try await app.database.write { db in try app.outbox.append(whole, in: db) }
            let event = try #require(try await app.outbox.claim(atMost: 1, bytes: 1).first).event.get()
            whole.expectSame(event)
            // The clock stands behind what it has seen, and moves past it.
            #expect(event.version.description == "\(seen.successor)-ward-3")
        }
    }

    @Test func anEventSaysSinceWhenItWaits() async throws {
        try await withRelayedApp { app in
            try await app.append(1)
            try await app.insert("UPDATE lockstep_outbox SET written_at = 1720000000250")
            let entry = try #require(try await app.outbox.claim(atMost: 1, bytes: 1).first)
            #expect(try entry.event.get().acceptedAt == Timestamp(microseconds: 1_720_000_000_250_000))
        }
    }

    @Test func aPlainInsertGetsItsIDVersionTimeAndSource() async throws {
        try await withRelayedApp { app in
            let before = WallClock.system.now
            _ = try SQLiteShell.write(
                app.path,
                """
                INSERT INTO lockstep_outbox (type, subject, scope, data)
                VALUES ('permit.issued', 'permit/1', 'ward-3', '{ "status": "Issued" }');
                """
            )
            let event = try #require(try await app.outbox.claim(atMost: 1, bytes: 1).first).event.get()
            #expect(event.source.text == "core" && event.version.origin.text == "core")
            #expect(event.scope?.text == "ward-3" && event.operation == .merge)
            #expect(event.data == ["status": "Issued"])
            #expect(
                event.id.text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
                    != nil)
            let now = WallClock.system.now
            for milliseconds in [
                event.time.milliseconds, event.version.reading.milliseconds,
                Int64(event.id.text.replacing("-", with: "").prefix(12), radix: 16) ?? 0,
            ] {
                // SQLite rounds to the nearest millisecond.
                #expect((before.milliseconds - 1...now.milliseconds + 1).contains(milliseconds))
            }
        }
    }

    @Test func versionsOnlyGrowWhateverTheWallClockSays() async throws {
        try await withRelayedApp { app in
            try await app.append(1)
            // As if the wall clock had been a day ahead until now, which is past the end of a counter.
            try await app.insert("UPDATE lockstep_outbox_clock SET last = ((last >> 16) + 86400000) << 16 | 65534")
            for number in 2...4 { try await app.append(number) }
            try await app.insert("INSERT INTO lockstep_outbox (type, subject) VALUES ('a', 'b')")
            let versions = try await app.column("version", of: String.self).compactMap { $0 }
            #expect(versions == versions.sorted() && Set(versions).count == 5)
            #expect(versions[1].hasSuffix("ffff-core") && versions[2].hasSuffix("0000-core"))
            // A new connection, and the tables made again, go on where it stood.
            let other = try app.connection()
            try await other.write { db in
                try app.outbox.install(in: db)
                try app.outbox.append(try CoreApp.draft(5), in: db)
            }
            let last = try #require(try await app.column("version", of: String.self).last ?? nil)
            #expect(last > versions[4])
        }
    }

    @Test func aVersionThatIsGivenMovesTheClock() async throws {
        try await withRelayedApp { app in
            let given = ClockReading(UInt64(WallClock.system.now.milliseconds + 40_000_000) << 16 + 0x5678)
            try await app.insert(
                "INSERT INTO lockstep_outbox (type, subject, version) VALUES ('a', 'b', '\(given)-other')")
            try await app.append(2)
            #expect(
                try await app.column("version", of: String.self) == ["\(given)-other", "\(given.successor)-core"])
        }
    }

    /// On threads, since as many tasks as there are processors rarely meet.
    @Test func severalWritersGetVersionsThatGrowInTheOrderOfTheirCommits() async throws {
        try await withRelayedApp { app in
            let connections = try (0..<6).map { _ in try app.connection() }
            let failures = Mutex<[any Error]>([])
            DispatchQueue.concurrentPerform(iterations: 6) { writer in
                do {
                    for step in 0..<25 {
                        try connections[writer].write { db in
                            for part in 0..<2 {
                                try app.outbox.append(try CoreApp.draft(writer * 100 + step * 2 + part), in: db)
                            }
                        }
                    }
                } catch {
                    failures.withLock { $0.append(error) }
                }
            }
            #expect(failures.withLock { $0.isEmpty })
            let versions = try await app.column("version", of: String.self).compactMap { $0 }
            #expect(versions.count == 300 && versions == versions.sorted() && Set(versions).count == 300)
            #expect(Set(try await app.column("id", of: String.self)).count == 300)
        }
    }

    @Test(arguments: [
        ("type", "''", "type must be words"), ("type", "'permit..issued'", "type must be words"),
        ("type", "'permit issued'", "type must be words"), ("type", "'.a'", "type must be words"),
        ("type", "x'6162'", "type must be words"), ("type", "printf('%.*c', 181, 'a')", "type must be words"),
        ("type", "NULL", "lockstep_outbox.type"),
        ("subject", "''", "subject must not be empty"), ("subject", "char(97, 10)", "subject must not be empty"),
        ("subject", "char(97, 127)", "subject must not be empty"),
        ("subject", "printf('%.*c', 513, 'a')", "exceed 512 bytes"),
        ("scope", "'Ward-3'", "scope must be"), ("scope", "''", "scope must be"),
        ("operation", "'upsert'", "operation must be"),
        ("data", "'[1]'", "data must be a JSON object"), ("data", "'{\"a\":}'", "data must be a JSON object"),
        ("data", "NULL", "lockstep_outbox.data"), ("data", "'null'", "data must be a JSON object"),
        ("data", "'{\"a\":\"' || printf('%.*c', 1048576, 'a') || '\"}'", "more than 1048576 bytes"),
        ("traceparent", "printf('%.*c', 65536, 'a')", "more than 65536 bytes"),
        ("id", "''", "id must not be empty"), ("source", "'a b'", "source must not be empty"),
        ("version", "'0190C5A2B3C40000-core'", "16 hexadecimal digits"),
        ("version", "'0190c5a2b3c40000'", "16 hexadecimal"),
        ("version", "'f190c5a2b3c40000-core'", "16 hexadecimal"),
        ("version", "'7000000000000000-core'", "16 hexadecimal"),
        ("version", "'0190c5a2b3c40000-co re'", "16 hexadecimal"),
        ("version", "'0190c5a2b3c40000-' || printf('%.*c', 201, 'a')", "16 hexadecimal"),
        ("seen", "'core'", "seen must be origins"), ("seen", "'core=0190c5a2b3c4000'", "seen must be origins"),
        ("seen", "'core=0190c5a2b3c40000,'", "seen must be origins"), ("seen", "'=0190c5a2b3c40000'", "seen must be"),
        ("seen", "'a=b=0190c5a2b3c40000'", "seen must be"), ("seen", "'{\"a\":1}'", "seen must be"),
        ("seen", "'{\"a\":\"core\"}'", "seen must be"), ("seen", "'{\"a\":'", "seen must be"),
        ("time", "'yesterday'", "RFC 3339"), ("extensions", "'[]'", "extensions must be"),
    ])
    func aRowThatIsNoEventIsRefusedWithTheReason(_ column: String, _ value: String, _ reason: String) async throws {
        try await withRelayedApp { app in
            var values = ["type": "'permit.issued'", "subject": "'permit/1'"]
            values[column] = value
            let names = values.keys.sorted()
            let error = await #expect(throws: DatabaseError.self) {
                try await app.insert(
                    "INSERT INTO lockstep_outbox (\(names.joined(separator: ", "))) VALUES (\(names.compactMap { values[$0] }.joined(separator: ", ")))"
                )
            }
            #expect(error?.message?.contains(reason) == true, "\(error?.message ?? "")")
            let entries = try await app.outbox.claim(atMost: 1, bytes: 1)
            #expect(entries.isEmpty)
        }
    }

    /// By the library; and by the database, where the library was told another limit than the tables were made with.
    @Test(arguments: [(200, LockstepError.Code.eventTooLarge), (1 << 20, .invalidEvent)])
    func anEventThatIsTooLargeIsRefusedByAppend(_ limit: Int, _ code: LockstepError.Code) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let app = try CoreApp(directory, maximumEventSize: 200)
        let outbox = SQLiteOutbox(path: app.path, origin: try Origin("core"), maximumEventSize: limit)
        let data: JSONObject = ["a": JSONText(string: String(repeating: "x", count: 200))]
        let error = await failure { try await app.append(1, data, by: outbox) }
        #expect(error?.code == code)
        #expect(error?.message.contains("200") == true)
    }

    @Test func anOutboxThatIsNotThereOrTooNewIsNamed() async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory)
            try await app.insert("UPDATE lockstep_outbox_clock SET release = 99")
            #expect(await failure { try await app.outbox.begin {} }?.code == .storeTooNew)
            let error = await failure { try await app.install() }
            #expect(error?.code == .storeTooNew)
            try await app.insert("DROP TABLE lockstep_outbox; DROP TABLE lockstep_outbox_clock;")
            #expect(await failure { try await app.append(1) }?.code == .notFound)
            #expect(await failure { try await app.outbox.begin {} }?.code == .notFound)
            let nowhere = SQLiteOutbox(path: app.path + "-none", origin: try Origin("core"))
            #expect(await failure { try await nowhere.begin {} }?.code == .notFound)
        }
    }
}

extension EventDraft {
    fileprivate func expectSame(_ event: Event) {
        #expect(event.type == type && event.subject == subject && event.scope == scope && event.operation == operation)
        #expect(event.data == data && event.seen == seen && event.traceparent == traceparent)
        #expect(event.extensions == extensions && event.source == source && event.time == time && event.id == id)
    }
}
