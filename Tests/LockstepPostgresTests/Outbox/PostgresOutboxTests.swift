import Lockstep
import LockstepPostgres
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PostgresOutboxTests {
    @Test func claimsInOrderAndNotTwice() async throws {
        try await withOutbox { site in
            try await site.write((1...10).map { "permit/\($0)" })
            try await relaying(site.outbox()) { outbox in
                let first = try await outbox.claim(atMost: 4, bytes: 1 << 20)
                let second = try await outbox.claim(atMost: 100, bytes: 1 << 20)
                #expect(try await outbox.claim(atMost: 100, bytes: 1 << 20).isEmpty)
                #expect((first + second).map(\.subject) == (1...10).map { "permit/\($0)" })
                #expect(first.count == 4)
                try await outbox.settle(second.map { OutboxSettlement($0.position, .sent) })
                try await outbox.release(first.suffix(2).map(\.position))
                let again = try await outbox.claim(atMost: 100, bytes: 1 << 20)
                #expect(again.map(\.position) == first.suffix(2).map(\.position))
            }
        }
    }

    @Test func holdsNoMoreBytesThanItIsAllowed() async throws {
        try await withOutbox { site in
            try await site.write((1...10).map { "permit/\($0)" })
            try await relaying(site.outbox()) { outbox in
                #expect(try await outbox.claim(atMost: 10, bytes: 1).count == 1)
                let some = try await outbox.claim(atMost: 10, bytes: 100)
                #expect((2...5).contains(some.count))
                // What was looked at and left is there for others.
                try await relaying(site.outbox()) { other in
                    let rest = try await other.claim(atMost: 10, bytes: 1 << 20)
                    #expect(rest.count == 9 - some.count)
                }
            }
        }
    }

    @Test func notesWhatBecameOfRowsOnceAndCountsIt() async throws {
        try await withOutbox { site in
            try await site.write((1...5).map { "permit/\($0)" })
            try await relaying(site.outbox()) { outbox in
                #expect(try await outbox.status().waiting == 5)
                #expect(try await outbox.status().oldestWaiting != nil)
                let rows = try await outbox.claim(atMost: 4, bytes: 1 << 20).map(\.position)
                let settlements = [
                    OutboxSettlement(rows[0], .sent), OutboxSettlement(rows[1], .unrouted),
                    OutboxSettlement(rows[3], .sent),
                    OutboxSettlement(rows[2], .refused("no \"such\" {exchange}, \\ NULL")),
                ]
                try await outbox.settle(settlements)
                try await outbox.settle(settlements + [OutboxSettlement(OutboxPosition(1), .sent)])
                let status = try await outbox.status()
                #expect(status.waiting == 1 && status.sent == 2 && status.unrouted == 1 && status.refused == 1)
                #expect(
                    try await site.sql("SELECT reason FROM lockstep.stuck WHERE outcome = 'refused'")
                        == "no \"such\" {exchange}, \\ NULL")

                let later = Timestamp(microseconds: WallClock.system.now.microseconds + 60_000_000)
                let long = Timestamp(microseconds: WallClock.system.now.microseconds - 60_000_000)
                #expect(try await outbox.purge(sentBefore: long, atMost: 10) == 0)
                #expect(try await outbox.purge(sentBefore: later, atMost: 1) == 1)
                #expect(try await outbox.purge(sentBefore: later, atMost: 10) == 1)
                #expect(try await site.sql("SELECT outcome FROM lockstep.stuck ORDER BY 1") == "refused\nunrouted")
                #expect(try await site.sql("SELECT count(*) FROM lockstep.outbox") == "1")
                #expect(try await outbox.status().sent == 2)
            }
        }
    }

    @Test func aRowThatIsNoEventIsSaidToBeNone() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await site.sql("UPDATE lockstep.outbox SET type = 'not a type'")
            try await relaying(site.outbox()) { outbox in
                let entry = try #require(try await outbox.claim(atMost: 1, bytes: 1 << 20).first)
                let error = #expect(throws: LockstepError.self) { try entry.event.get() }
                #expect(error?.code == .invalidName)
            }
        }
    }

    @Test func whatSwiftAppendsComesBackAsItWas() async throws {
        try await withOutbox { site in
            var draft = EventDraft(
                try EventType("permit.closed"), about: try Subject("permit/\"1\" {ä}, \\"),
                ["a": .null, "b": JSONText(string: "é'$1")], operation: .replace, scope: try Scope("ward-3"),
                source: try Origin("ward-3"), id: try EventID("own"),
                time: Timestamp(microseconds: 1_700_000_000_123_456),
                version: try Version("0190c5a2b3c40000-ward-3"), seen: try Seen("core=0180c5a2b3c40000"),
                traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", extensions: ["note": "x y"])
            let plain = EventDraft(try EventType("permit.closed"), about: try Subject("permit/2"))
            try await relaying(site.outbox()) { outbox in
                try await outbox.append([draft, plain])
                let events = try await outbox.claim(atMost: 2, bytes: 1 << 20).map { try $0.event.get() }
                let event = try #require(events.first)
                draft.source = nil
                #expect(event.id.text == "own" && event.source.text == "ward-3" && event.type == draft.type)
                #expect(event.subject == draft.subject && event.scope == draft.scope && event.time == draft.time)
                #expect(event.version == draft.version && event.seen == draft.seen && event.data == draft.data)
                #expect(event.operation == .replace && event.traceparent == draft.traceparent)
                #expect(event.extensions == ["note": "x y"])
                #expect(events.last?.subject.text == "permit/2")
            }
        }
    }

    @Test func installingAgainChangesNothing() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await site.install() } }
                try await group.waitForAll()
            }
            #expect(try await site.sql("SELECT count(*) FROM lockstep.outbox") == "1")
            #expect(try await site.sql("SELECT count(*) FROM lockstep.migrations") == "1")
            let other = await #expect(throws: LockstepError.self) { try await site.install("someone-else") }
            #expect(other?.code == .invalidConfiguration)
            try await site.sql("INSERT INTO lockstep.migrations (number) VALUES (99)")
            let newer = await #expect(throws: LockstepError.self) { try await site.install() }
            #expect(newer?.code == .storeTooNew)
        }
    }

    @Test func saysThatItIsNotInstalled() async throws {
        try await SharedPostgres.withDatabase { server, database in
            let outbox = Site(server: server, database: database).outbox()
            let error = await #expect(throws: LockstepError.self) { _ = try await outbox.claim(atMost: 1, bytes: 1) }
            #expect(error?.code == .notFound)
            await outbox.end()
        }
    }

    @Test func aRefusedEventIsPublishedAgainAsItWas() async throws {
        try await withOutbox { site in
            try await site.write(["permit/1"])
            try await relaying(site.outbox()) { outbox in
                let first = try #require(try await outbox.claim(atMost: 1, bytes: 1 << 20).first)
                try await outbox.settle([OutboxSettlement(first.position, .refused("no such exchange"))])
                let columns =
                    "type, subject, scope, operation, data, id, source, time, version, seen, traceparent, extensions"
                try await site.sql(
                    """
                    WITH again AS (DELETE FROM lockstep.stuck WHERE position = \(first.position) RETURNING *)
                    INSERT INTO lockstep.outbox (\(columns)) SELECT \(columns) FROM again
                    """)
                let again = try #require(try await outbox.claim(atMost: 1, bytes: 1 << 20).first)
                #expect(try again.event.get() == first.event.get())
                #expect(again.position > first.position)
                #expect(try await outbox.status().refused == 0)
            }
        }
    }
}
