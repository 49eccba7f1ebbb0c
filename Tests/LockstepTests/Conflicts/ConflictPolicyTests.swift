import Lockstep
import Testing

struct ConflictPolicyTests {
    /// core says Issued, then ward-3 Closed, then clerk Final; nobody had seen the others.
    private static func disputed() throws -> Record {
        try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]),
            Sample.change(2, by: "ward-3", ["status": "Closed"]),
            Sample.change(3, by: "clerk", ["status": "Final"]),
        ])
    }

    private static func prefer(_ names: String...) throws -> ConflictPolicy {
        ConflictPolicy(.prefer(try names.map(Origin.init)))
    }

    private static func status(_ record: Record, by policy: ConflictPolicy) -> String? {
        record.shown(by: policy)?["status"]?.stringValue
    }

    @Test func thePreferredOriginShowsThoughItIsTheOldest() throws {
        let record = try Self.disputed()
        #expect(Self.status(record, by: .newest) == "Final")
        #expect(Self.status(record, by: try Self.prefer("core")) == "Issued")
        #expect(Self.status(record, by: try Self.prefer("ward-3", "core")) == "Closed")
    }

    @Test func anOriginWithoutAValueLeavesItToTheNextAndThenToTheNewest() throws {
        let record = try Self.disputed()
        #expect(Self.status(record, by: try Self.prefer("mayor", "core")) == "Issued")
        #expect(Self.status(record, by: try Self.prefer("mayor")) == "Final")
    }

    @Test func whatAPreferredOriginRemovedDoesNotShow() throws {
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": .null]), Sample.change(2, by: "ward-3", ["status": "Closed"]),
        ])
        #expect(record.shown(by: try Self.prefer("core"))?.text == "{}")
    }

    @Test func aPreferredOriginDecidesOnlyWhereTheOthersHadNotSeenIt() throws {
        let seen = Seen.everywhere(VersionVector([try Sample.version(1)]))
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]),
            Sample.change(2, by: "ward-3", seen: seen, ["status": "Closed"]),
        ])
        #expect(Self.status(record, by: try Self.prefer("core")) == "Closed")
    }

    @Test func aFieldOfItsOwnGoesBeforeTheStandard() throws {
        var record = try Self.disputed()
        record.merge(try Sample.change(4, by: "core", ["inspector": "Lee"]))
        record.merge(try Sample.change(5, by: "ward-3", ["inspector": "Kim"]))
        let policy = ConflictPolicy(.newest, fields: ["inspector": .prefer([try Origin("core")])])
        #expect(record.shown(by: policy)?.text == #"{"inspector":"Lee","status":"Final"}"#)
    }

    @Test func askShowsTheNewestAndLeavesTheConflictOpen() throws {
        var record = try Self.disputed()
        let policy = ConflictPolicy(.newest, fields: ["status": .ask])
        #expect(Self.status(record, by: policy) == "Final")
        #expect(record.openConflicts(by: policy) == ["status"])
        #expect(record.openConflicts(by: .newest) == [])

        let seen = Seen.everywhere(VersionVector(try #require(record[field: "status"]).values.map(\.version)))
        record.merge(try Sample.change(4, by: "clerk", seen: seen, ["status": "Void"]))
        #expect(record.openConflicts(by: policy) == [])
    }

    @Test func whetherTheRecordExistsIsAConflictWithoutAName() throws {
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]),
            Sample.change(2, by: "ward-3", .delete, [:]),
        ])
        #expect(record.openConflicts(by: ConflictPolicy(.ask)) == [""])
        #expect(record.exists(by: try Self.prefer("core")))
        #expect(!record.exists(by: .newest))
    }

    @Test func aResolversTextHoldsItsParameters() throws {
        let origins = try ["core", "ward-3"].map(Origin.init)
        #expect("\(PreferOrigins(origins))" == "prefer: [core, ward-3]")
        #expect("\(PreferOrigins(origins))" != "\(PreferOrigins(origins.reversed()))")
        #expect("\(NewestWins()) \(AskPerson())" == "newest ask")
    }
}
