import Lockstep
import LockstepTesting
import Testing

/// A replica that compacts its records, whenever and however often, ends as all others do.
struct CompactionTests {
    private static let histories = 10_000
    private static let end = ClockReading(.max)

    @Test(.timeLimit(.minutes(5)))
    func compactingAtAnyMomentEndsTheSameEverywhere() async throws {
        let policies = try SamplePolicies()
        try await forEachSeed(Self.histories) { _, generator async throws in
            let ages = generator.chance(0.8) ? 2 : 3
            let history = try RandomHistory(longest: 5, ages: ages, using: &generator)
            try Scenario(history, replicas: 2, using: &generator).check { scenario in
                guard let horizon = scenario.horizons.last else { return }
                let whole = try Sample.record(scenario.history)
                let expected = whole.compacted(before: horizon)
                let bytes = expected.encoded()
                try demand(
                    whole.shown(by: .newest)?.text == expected.shown(by: .newest)?.text, "compacting changed what shows"
                )
                let isDeleted = scenario.history.contains { $0.operation == .delete }
                try demand(isDeleted || expected.types == whole.types, "a living record has lost a type")
                for replica in try scenario.outcomes() {
                    let compacted = replica.record.compacted(before: horizon)
                    try demand(compacted.encoded() == bytes, "compacting at some moment made two replicas differ")
                    try policies.demandTheSame(compacted, expected)
                    try demand(
                        replica.record.shown(by: .newest)?.text == whole.shown(by: .newest)?.text,
                        "compacting changed what shows")
                }
            }
        }
    }

    /// What is left when everything is old: the values, and nothing else.
    @Test(.timeLimit(.minutes(5)))
    func onlyValuesAreLeftOfWhatIsOld() async throws {
        try await forEachSeed(1000) { _, generator async throws in
            let record = try Sample.record(RandomHistory(using: &generator).changes).compacted(before: Self.end)
            try demand(record.floor.isEmpty, "a floor is left")
            for register in record.fields.map(\.register) + [record.existence] {
                try demand(register.context == VersionVector(register.values.map(\.version)), "a context is left")
                try demand(
                    register.values.isEmpty || register.values.contains { $0.content != nil }, "a removal is left")
            }
            try demand(record.fields.allSatisfy { !$0.register.values.isEmpty }, "a field is left that is not there")
            try demand(record.compacted(before: Self.end) == record, "compacting again changed something")
        }
    }

    @Test func nothingIsLeftOfARecordThatWasDeleted() throws {
        let seen = Seen.everywhere(VersionVector([try Sample.version(2, "ward-3")]))
        let record = try Sample.record([
            Sample.change(1, ["status": "Issued"]), Sample.change(2, by: "ward-3", ["status": "Closed"]),
            Sample.change(3, seen: seen, .delete, [:]),
        ])
        #expect(!record.compacted(before: ClockReading(3)).isForgotten)
        #expect(record.compacted(before: ClockReading(4)).isForgotten)
        #expect(record.compacted(before: ClockReading(4)) == Record(subject: record.subject))
    }

    @Test func anOriginThatIsGoneLeavesNothingBehind() throws {
        var changes = try (1...50).map { try Sample.change($0, by: "office-\($0)", ["status": "Issued"]) }
        let seen = Seen.everywhere(VersionVector(changes.map(\.version)))
        changes.append(try Sample.change(51, seen: seen, ["status": "Final"]))
        let record = try Sample.record(changes)
        #expect(record[field: "status"]?.context.entries.count == 51)
        let compacted = record.compacted(before: ClockReading(51))
        #expect(compacted[field: "status"]?.context.entries.count == 1)
        changes[50].seen = .nothing
        #expect(compacted == (try Sample.record([changes[50]])))
        #expect(compacted.encoded().count < record.encoded().count / 10)
    }

    @Test func aConflictDoesNotSettleByItself() throws {
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]), Sample.change(2, by: "ward-3", ["status": .null]),
        ])
        let compacted = record.compacted(before: Self.end)
        #expect(compacted.conflictedFields == ["status"])
        #expect(compacted.shown(by: .newest)?.text == "{}")
    }

    @Test func aRecordThatIsRevivedBeginsWithItsNewTypesEverywhere() throws {
        let first = try Sample.record([Sample.change(1, ["status": "Issued"]), Sample.change(2, .delete, [:])])
        var revival = try Sample.change(9, ["status": "Issued"])
        revival.type = try EventType("permit.revived")
        var late = first
        late.merge(revival)
        var early = first.compacted(before: ClockReading(5))
        early.merge(revival)
        #expect(early.types == ["permit.revived"])
        #expect(early == late.compacted(before: ClockReading(5)))
    }

    @Test func anOldRecordThatLivesKeepsItsTypes() throws {
        let record = try Sample.record([Sample.change(1, ["status": "Issued"]), Sample.change(2, ["ward": "3"])])
        #expect(record.compacted(before: Self.end) == record)
    }

    /// What the assumption guards: a change older than the horizon that comes to one replica before it compacts, and to
    /// another one afterwards.
    @Test func aChangeOlderThanTheHorizonThatIsStillOnItsWayMakesReplicasDiffer() throws {
        let horizon = ClockReading(5)
        let deletion = try Sample.change(3, .delete, [:])
        let late = try Sample.change(1, ["status": "Issued"])
        var early = try Sample.record([late, deletion]).compacted(before: horizon)
        var tooLate = try Sample.record([deletion]).compacted(before: horizon)
        tooLate.merge(late)
        #expect(early != tooLate.compacted(before: horizon))
        #expect(tooLate.shown(by: .newest) != nil, "the deleted record is back")
        // And so would a duplicate, if a replica took it in.
        early.merge(late)
        #expect(early == tooLate)
    }
}
