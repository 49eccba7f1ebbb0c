import Lockstep
import LockstepPostgres
import Testing

/// How events are written from Swift.
@Suite(.timeLimit(.minutes(2)))
struct OutboxInsertTests {
    @Test func moreEventsThanAStatementHasParametersForAreWrittenTogetherAndInOrder() async throws {
        try await withOutbox { site in
            let outbox = site.outbox()
            let count = OutboxInsert.mostEvents + 500
            let names = [#"a "quoted" name"#, #"back\slash\\"#, "{comma, brace}", "NULL", "Zoë", "line\nbreak"]
            let drafts = try (0..<count).map { number in
                var draft = EventDraft(
                    try EventType("permit.issued"), about: try Subject("permit/\(number)"),
                    ["name": JSONText(string: names[number % names.count])])
                if number % 2 == 0 { draft.scope = try Scope("ward-3") }
                if number % 3 == 0 { draft.extensions = ["partitionkey": #"a"b\c"#] }
                return draft
            }
            try await outbox.append(drafts)
            try await relaying(outbox) { outbox in
                var events: [Event] = []
                while events.count < count {
                    let entries = try await outbox.claim(atMost: 2_000, bytes: 64 << 20)
                    try #require(!entries.isEmpty)
                    events += try entries.map { try $0.event.get() }
                    try await outbox.settle(entries.map { OutboxSettlement($0.position, .sent) })
                }
                #expect(events.map(\.subject) == drafts.map(\.subject))
                #expect(events.map(\.data) == drafts.map(\.data) && events.map(\.scope) == drafts.map(\.scope))
                #expect(events.map(\.extensions) == drafts.map(\.extensions))
                #expect(events.map(\.version) == events.map(\.version).sorted())
            }
        }
    }

    @Test func oneThatIsRefusedKeepsAllOfThemOut() async throws {
        try await withOutbox { site in
            var drafts = try (0...OutboxInsert.mostEvents).map { number in
                EventDraft(try EventType("permit.issued"), about: try Subject("permit/\(number)"))
            }
            drafts[drafts.count - 1].version = Version(reading: ClockReading(.max), origin: try Origin("core"))
            let outbox = site.outbox()
            let error = await #expect(throws: LockstepError.self) { try await outbox.append(drafts) }
            #expect(error?.message.contains("version must be") == true)
            #expect(try await site.sql("SELECT count(*) FROM lockstep.outbox") == "0")
        }
    }

    @Test func anEventSaysSinceWhenItWaits() async throws {
        try await withOutbox { site in
            let outbox = site.outbox()
            try await site.write(["permit/1"])
            try await site.sql("UPDATE lockstep.outbox SET written_at = '2024-07-03T15:06:40.25Z'")
            try await relaying(outbox) { outbox in
                let entry = try #require(try await outbox.claim(atMost: 1, bytes: 1).first)
                #expect(try entry.event.get().acceptedAt == Timestamp(rfc3339: "2024-07-03T15:06:40.25Z"))
            }
        }
    }
}
