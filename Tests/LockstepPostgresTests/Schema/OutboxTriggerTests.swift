import Lockstep
import LockstepPostgres
import LockstepTesting
import PrivatePostgres
import Testing

@Suite(.timeLimit(.minutes(2)))
struct OutboxTriggerTests {
    @Test func aPlainInsertBecomesAnEvent() async throws {
        try await withOutbox { site in
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (type, subject, scope, data)
                VALUES ('permit.issued', 'permit/24-019651', 'ward-3', '{"status": "Issued", "fee": 12.50}')
                """)
            try await relaying(site.outbox()) { outbox in
                let entry = try #require(try await outbox.claim(atMost: 10, bytes: 1 << 20).first)
                let event = try entry.event.get()
                #expect(event.type.text == "permit.issued")
                #expect(event.subject.text == "permit/24-019651")
                #expect(event.scope?.text == "ward-3")
                #expect(event.source.text == "core")
                #expect(event.operation == .merge)
                #expect(event.data["status"]?.stringValue == "Issued")
                #expect(event.version.origin.text == "core")
                #expect(event.version.reading.bits == UInt64(entry.position.number))
                #expect(abs(event.time.milliseconds - event.version.reading.milliseconds) < 60_000)
                #expect(abs(WallClock.system.now.milliseconds - event.version.reading.milliseconds) < 60_000)
                // A UUID of version 7, of this time.
                let id = Array(event.id.text)
                #expect(id.count == 36 && id[14] == "7" && "89ab".contains(id[19]))
                let digits = event.id.text.replacing("-", with: "").prefix(12)
                #expect(abs((Int64(digits, radix: 16) ?? 0) - event.time.milliseconds) < 60_000)
            }
        }
    }

    @Test(arguments: [
        ("type", "''", "type must be words"), ("type", "'a..b'", "type must be words"),
        ("type", "E'a\\nb'", "type must be words"), ("type", "repeat('a', 181)", "type must be words"),
        ("type", "NULL", "type must be words"),
        ("subject", "''", "subject must not be empty"), ("subject", "E'a\\tb'", "subject must not be empty"),
        ("subject", "repeat('ä', 257)", "subject must not be empty"),
        ("scope", "'Ward 3'", "scope must be lower-case"), ("scope", "''", "scope must be lower-case"),
        ("data", "'[1]'", "data must be a JSON object"), ("data", "'null'", "data must be a JSON object"),
        ("data", "NULL", "data must be a JSON object"), ("data", "'{\"a\": '", "invalid input syntax for type json"),
        ("data", "'{\"a\": \"\\u0000\"}'", "unsupported Unicode escape sequence"),
        ("data", "jsonb_build_object('a', repeat('x', 1048576))", "more than the limit of 1048576"),
        ("operation", "'upsert'", "operation must be merge"), ("source", "'a b'", "source must not be empty"),
        ("id", "''", "id must not be empty"), ("version", "'1-core'", "version must be 16"),
        ("version", "'7fffffffffffffff-core'", "version must be 16"),
        ("extensions", "'[]'", "extensions must be a JSON object"),
        ("traceparent", "repeat('x', 65537)", "attributes have"),
    ])
    func refusesWithTheReason(column: String, value: String, reason: String) async throws {
        try await withOutbox { site in
            var values = ["type": "'permit.issued'", "subject": "'permit/1'", "data": "'{\"a\": 1}'"]
            values[column] = value
            let (names, all) = (values.keys.joined(separator: ", "), values.values.joined(separator: ", "))
            let error = await #expect(throws: PrivatePostgresError.self) {
                try await site.sql("INSERT INTO lockstep.outbox (\(names)) VALUES (\(all))")
            }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            let count = try await site.sql("SELECT count(*) FROM lockstep.outbox")
            #expect(count == "0")
        }
    }

    @Test func theSameRefusalsReachASwiftWriterWithTheirCodes() async throws {
        try await withOutbox { site in
            try await site.install(largest: 1000)
            let outbox = site.outbox()
            let large: JSONObject = ["a": JSONText(string: String(repeating: "x", count: 1000))]
            let draft = EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), large)
            let error = await #expect(throws: LockstepError.self) { try await outbox.append([draft]) }
            #expect(error?.code == .eventTooLarge)
            #expect(error?.message.contains("more than the limit of 1000") == true)
            await outbox.end()
        }
    }

    @Test func nobodyButTheDatabaseSaysHowFarARowIs() async throws {
        try await withOutbox { site in
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (position, type, subject, written_at, size)
                VALUES (7, 'permit.issued', 'permit/1', '2001-01-01', 0)
                """)
            #expect(
                try await site.sql(
                    "SELECT position > 7, written_at > '2020-01-01', size > 0 FROM lockstep.outbox") == "t|t|t")
        }
    }

    @Test func aRelayNeedsNoMoreThanItsGuideSays() async throws {
        try await withOutbox { site in
            let role = "relay_\(site.database)"
            try await site.sql(
                """
                CREATE ROLE \(role);
                GRANT USAGE ON SCHEMA lockstep TO \(role);
                GRANT SELECT, DELETE ON lockstep.outbox TO \(role);
                GRANT SELECT, INSERT, UPDATE, DELETE ON lockstep.sent, lockstep.stuck TO \(role);
                GRANT SELECT, INSERT, UPDATE ON lockstep.totals TO \(role);
                """)
            try await site.write(["permit/1"])
            var configuration = site.configuration
            configuration.connection += " options='-c role=\(role)'"
            try await relaying(PostgresOutbox(configuration, logger: quiet)) { outbox in
                let rows = try await outbox.claim(atMost: 10, bytes: 1 << 20)
                try await outbox.settle(rows.map { OutboxSettlement($0.position, .sent) })
                for _ in 0..<3 {
                    #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                    try await site.write(["permit/2"])
                    try await outbox.waitForRows()
                    let more = try await outbox.claim(atMost: 10, bytes: 1 << 20)
                    try await outbox.settle(more.map { OutboxSettlement($0.position, .sent) })
                }
                #expect(try await outbox.status().sent == 4)
                let later = Timestamp(microseconds: WallClock.system.now.microseconds + 60_000_000)
                #expect(try await outbox.purge(sentBefore: later, atMost: 10) == 4)
            }
            try await site.sql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test func aWriterNeedsNoMoreThanToInsert() async throws {
        try await withOutbox { site in
            let role = "writer_\(site.database)"
            try await site.sql(
                """
                CREATE ROLE \(role); GRANT USAGE ON SCHEMA lockstep TO \(role);
                GRANT INSERT ON lockstep.outbox TO \(role);
                """)
            try await site.sql(
                "SET ROLE \(role); INSERT INTO lockstep.outbox (type, subject) VALUES ('permit.issued', 'permit/1')")
            await #expect(throws: PrivatePostgresError.self) {
                try await site.sql("SET ROLE \(role); SELECT count(*) FROM lockstep.outbox")
            }
            #expect(try await site.sql("SELECT count(*) FROM lockstep.outbox") == "1")
            try await site.sql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }
}
