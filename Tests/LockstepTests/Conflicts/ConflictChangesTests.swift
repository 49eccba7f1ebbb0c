import Lockstep
import LockstepTesting
import Testing

struct ConflictChangesTests {
    private static let policies = [ConflictPolicy.newest, ConflictPolicy(.newest, fields: ["status": AskFirst()])]

    /// However a history arrives, the conflicts that are kept are those that the record itself has.
    @Test(.timeLimit(.minutes(5)))
    func whatIsKeptIsWhatTheRecordHas() async throws {
        try await forEachSeed(1000) { _, generator async throws in
            let history = try RandomHistory(using: &generator).changes
            let again = history.filter { _ in generator.chance(0.3) }
            for policy in Self.policies {
                var record = Record(subject: try Subject("permit/1"))
                var kept: [Conflict] = []
                var rest = (history + again).shuffled(using: &generator)[...]
                while !rest.isEmpty {
                    let batch = rest.prefix(Int.random(in: 1...4, using: &generator))
                    rest = rest.dropFirst(batch.count)
                    for change in batch { record.merge(change) }
                    let changes = ConflictChanges(from: kept, settlements: [], to: record, by: policy)
                    let gone = changes.closedFields + changes.changed.map(\.field)
                    try #require(changes.ended.map(\.conflict.field) == changes.closedFields)
                    kept = kept.filter { !gone.contains($0.field) } + changes.opened + changes.changed
                }
                try #require(kept.sorted { $0.field < $1.field } == record.conflicts(by: policy))
            }
        }
    }

    @Test func aConflictThatAnEventTellsOfIsSettledByIt() throws {
        var record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]), Sample.change(2, by: "ward-3", ["status": "Closed"]),
        ])
        let before = record.conflicts(by: .newest)
        try #require(before.map(\.field) == ["status"])
        #expect(try before[0].shown == Sample.version(2, "ward-3"))
        let seen = Seen.everywhere(VersionVector([try Sample.version(1), try Sample.version(2, "ward-3")]))
        record.merge(try Sample.change(3, by: "hall", seen: seen, ["status": "Held"]))
        let told = ConflictSettlement(before[0], by: try Sample.version(3, "hall"), reason: "asked them")
        let changes = ConflictChanges(from: before, settlements: [told], to: record, by: .newest)
        #expect(changes.settled == [told] && changes.ended.isEmpty && changes.closedFields == ["status"])
        // Without the event's word, it is over all the same.
        let untold = ConflictChanges(from: before, settlements: [], to: record, by: .newest)
        #expect(untold.ended == [ConflictSettlement(before[0], by: try Sample.version(3, "hall"))])
    }

    @Test func aThirdValueChangesTheConflictAndItsName() throws {
        var record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]), Sample.change(2, by: "ward-3", ["status": "Closed"]),
        ])
        let before = record.conflicts(by: .newest)
        record.merge(try Sample.change(3, by: "hall", ["status": "Held"]))
        let changes = ConflictChanges(from: before, settlements: [], to: record, by: .newest)
        #expect(changes.opened.isEmpty && changes.ended.isEmpty)
        #expect(changes.changed.map(\.values.count) == [3])
        #expect(changes.changed.first?.id != before.first?.id)
    }

    @Test func aDeletedAndAChangedRecordAreAConflictOfItsExistence() throws {
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]),
            Sample.change(2, by: "core", .delete, [:]),
            Sample.change(3, by: "ward-3", ["status": "Closed"]),
        ])
        let conflicts = record.conflicts(by: .newest)
        try #require(conflicts.map(\.field) == [""])
        #expect(conflicts[0].values.map(\.content) == [.removed, .value(true)])
    }
}
