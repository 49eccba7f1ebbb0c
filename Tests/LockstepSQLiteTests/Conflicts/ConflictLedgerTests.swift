import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConflictLedgerTests {
    /// Shows the newest and leaves the decision to a person.
    private struct Ask: ConflictResolver {
        let leavesOpen = true

        func choose(among values: [Register.Value], of field: String) -> Register.Value {
            NewestWins().choose(among: values, of: field)
        }
    }

    private static func replica(
        _ directory: URL, _ name: String, policy: ConflictPolicy = ConflictPolicy(Ask())
    ) throws -> SQLiteReplica {
        try SQLiteReplica(
            path: Sample.file(directory, name), office: try OfficeName(name), calendar: [], conflicts: policy,
            clock: Sample.now, logger: Sample.quiet)
    }

    private static func reader(_ directory: URL, _ name: String) throws -> OfficeReader {
        try OfficeReader(path: Sample.file(directory, name))
    }

    private static func event(_ step: Int, by origin: String, _ data: JSONObject) throws -> Event {
        var event = try Sample.event(step, data)
        event.source = try Origin(origin)
        event.id = try EventID("\(origin)-\(step)")
        event.version = Version(reading: event.version.reading, origin: event.source)
        return event
    }

    /// What stands in a ledger but for the office's own times.
    private static func entries(_ directory: URL, _ name: String) throws -> String {
        try SQLiteShell.run(
            Sample.file(directory, name),
            """
            SELECT id, subject, field, state, contents, policy, shown, settled_by, event, settled_at, person, reason
            FROM conflicts ORDER BY id
            """)
    }

    private static func announcements(_ directory: URL, _ name: String) throws -> String {
        try SQLiteShell.run(
            Sample.file(directory, name),
            "SELECT id, source, version, subject, time, data FROM lockstep_outbox WHERE type = 'lockstep.conflict.opened'"
        )
    }

    @Test func whatItHoldsIsWhatItsRecordsHave() async throws {
        try await forEachSeed(15) { seed, generator in
            let history = try RecordHistory(events: 40, using: &generator)
            try await withTemporaryDirectory { directory in
                var tables: [[Conflict]] = []
                for name in ["ward-1", "ward-2"] {
                    let replica = try Self.replica(directory, name)
                    for batch in history.deliveries(using: &generator) { _ = try await replica.merge(batch) }
                    let reader = try Self.reader(directory, name)
                    var expected: [Conflict] = []
                    for subject in Set(history.events.map(\.subject)) {
                        expected += try await reader.record(subject)?.conflicts(by: ConflictPolicy(Ask())) ?? []
                    }
                    let held = try await reader.conflicts()
                    try #require(Set(held.map(\.conflict)) == Set(expected), "seed \(seed)")
                    try #require(held.count == expected.count && held.allSatisfy { $0.id == $0.conflict.id })
                    tables.append(held.map(\.conflict).sorted { $0.id < $1.id })
                }
                try #require(tables[0] == tables[1])
            }
        }
    }

    @Test func aDecisionStandsInEveryOfficeAlsoWhereTheConflictWasNeverSeen() async throws {
        try await withTemporaryDirectory { directory in
            let events = try [
                Self.event(1, by: "core", ["status": "Issued"]), Self.event(2, by: "ward-2", ["status": "Closed"]),
            ]
            let first = try Self.replica(directory, "ward-1")
            _ = try await first.merge(events.map { Arrival($0) })
            let open = try await Self.reader(directory, "ward-1").conflicts([.open])
            try #require(open.map(\.conflict.field) == ["status"])
            let resolution = try ConflictResolution(
                String(open[0].id.prefix(8)), .take(try Origin("core")), reason: "asked them", person: "lee")
            let decision = try await first.resolve(resolution)
            #expect(decision.data == ["status": "Issued"])
            #expect(await failure { try await first.resolve(resolution) }?.code == .invalidEvent)
            // In another order, the conflict never shows.
            let second = try Self.replica(directory, "ward-2")
            for event in [decision, events[1], events[0], decision] { _ = try await second.merge([Arrival(event)]) }
            let third = try Self.replica(directory, "ward-3")
            for event in [events[1], events[0], decision] { _ = try await third.merge([Arrival(event)]) }
            let entries = try Self.entries(directory, "ward-1")
            #expect(entries.contains("settled") && entries.contains("lee|asked them"))
            #expect(try Self.entries(directory, "ward-2") == entries)
            #expect(try Self.entries(directory, "ward-3") == entries)
            #expect(
                try Sample.contents(Sample.file(directory, "ward-2"))
                    == Sample.contents(Sample.file(directory, "ward-1")))
            let stored = try await Self.reader(directory, "ward-2").conflict(open[0].id)
            #expect(stored.settlement?.by == decision.version && stored.settlement?.event == decision.id)
            #expect(stored.conflict.values == open[0].conflict.values)
        }
    }

    @Test func whatCameMeanwhileIsNotDecidedByWhoDidNotSeeIt() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Self.replica(directory, "ward-1")
            let values = try [("core", 1), ("ward-2", 2), ("hall", 3)].map { origin, step in
                Arrival(try Self.event(step, by: origin, ["status": JSONText(integerLiteral: step)]))
            }
            _ = try await replica.merge(Array(values[..<2]))
            let seen = try #require(try await Self.reader(directory, "ward-1").conflicts().first)
            _ = try await replica.merge([values[2]])
            let late = try ConflictResolution(seen.id, .value("4"), reason: "asked them", person: "lee")
            #expect(await failure { try await replica.resolve(late) }?.code == .notFound)
            let now = try await Self.reader(directory, "ward-1").conflicts()
            try #require(now.map(\.conflict.values.count) == [3] && now[0].openedAt == seen.openedAt)
            let wrong = try ConflictResolution(now[0].id, .take(try Origin("nobody")), reason: "x", person: "lee")
            #expect(await failure { try await replica.resolve(wrong) }?.message.contains("core, ward-2, hall") == true)
            #expect(await failure { _ = try ConflictResolution("x", .value("4"), reason: " ", person: "lee") } != nil)
        }
    }

    @Test func thoseConcernedAnnounceAnOpenConflictOnceAndInTheSameWords() async throws {
        try await withTemporaryDirectory { directory in
            let events = try [
                Self.event(1, by: "ward-1", ["status": "Issued"]), Self.event(2, by: "ward-2", ["status": "Closed"]),
                Self.event(3, by: "ward-2", ["note": "x"]), Self.event(4, by: "ward-2", ["status": "Held"]),
            ]
            for (name, order) in [("ward-1", [0, 1, 2, 3]), ("ward-2", [1, 0, 0, 3])] {
                let replica = try Self.replica(directory, name)
                for index in order { _ = try await replica.merge([Arrival(events[index])]) }
            }
            let announced = try Self.announcements(directory, "ward-1")
            #expect(announced.split(separator: "\n").count == 1 && announced.contains("|lockstep|"))
            #expect(try Self.announcements(directory, "ward-2") == announced)
            let decided = try Self.replica(directory, "ward-4", policy: .newest)
            _ = try await decided.merge(events.map { Arrival($0) })
            #expect(try Self.announcements(directory, "ward-4").isEmpty)
            #expect(try await Self.reader(directory, "ward-4").conflicts().map(\.state) == [.decided])
        }
    }

    @Test func anotherPolicySeesTheSameConflictsOtherwise() async throws {
        try await withTemporaryDirectory { directory in
            let events = try [
                Self.event(1, by: "ward-1", ["status": "Issued"]), Self.event(2, by: "ward-2", ["status": "Closed"]),
            ]
            let before = try Self.replica(directory, "ward-1", policy: .newest)
            _ = try await before.merge(events.map { Arrival($0) })
            try before.close()
            _ = try Self.replica(directory, "ward-1")
            #expect(try await Self.reader(directory, "ward-1").conflicts().map(\.state) == [.open])
            #expect(try !Self.announcements(directory, "ward-1").isEmpty)
        }
    }

    @Test func whatAnOlderReleaseLeftIsEnteredAndCanBeEdited() async throws {
        try await withTemporaryDirectory { directory in
            let events = try [
                Self.event(1, by: "ward-1", ["status": "Issued"]), Self.event(2, by: "ward-2", ["status": "Closed"]),
            ]
            let before = try Self.replica(directory, "ward-1")
            _ = try await before.merge(events.map { Arrival($0) })
            try before.close()
            _ = try SQLiteShell.run(
                Sample.file(directory, "ward-1"),
                """
                ALTER TABLE records DROP COLUMN type; ALTER TABLE records DROP COLUMN scope; DROP TABLE conflicts;
                DROP TABLE lockstep_outbox; DROP TABLE lockstep_outbox_clock; DROP TABLE lockstep_outbox_totals;
                DELETE FROM grdb_migrations WHERE identifier = 'replica 2';
                UPDATE settings SET value = replace(value, 'conflicts in the ledger' || char(10), '');
                """)
            let after = try Self.replica(directory, "ward-1")
            let reader = try Self.reader(directory, "ward-1")
            #expect(try await reader.conflicts().map(\.conflict.field) == ["status"])
            let event = try await after.edit(RecordEdit(events[0].subject, ["status": "Held"]))
            #expect(event.type.text == "permit.issued" && event.version > events[1].version)
            #expect(try await reader.conflicts([.settled]).map(\.settlement?.by) == [event.version])
        }
    }
}
