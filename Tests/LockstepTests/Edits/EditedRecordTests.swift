import Lockstep
import LockstepTesting
import Testing

struct EditedRecordTests {
    private static func event(_ edit: RecordEdit, on record: Record, by origin: String = "ward-3") throws -> Event {
        let labels = EditedRecord.Labels(type: try EventType("permit.issued"), scope: nil)
        let edited = EditedRecord(record, newest: labels, policy: .newest)
        let reading = ClockReading((edited.newestReading?.bits ?? 0) + 1)
        return try edited.event(
            of: edit, version: Version(reading: reading, origin: try Origin(origin)), id: try EventID("e"),
            at: Timestamp(microseconds: 0))
    }

    /// An edit replaces all that its office has of the fields that it writes, and nothing else.
    @Test(.timeLimit(.minutes(5)))
    func anEditStandsAloneWhereItWrote() async throws {
        try await forEachSeed(1000) { _, generator async throws in
            let history = try RandomHistory(using: &generator).changes
            var record = try Sample.record(history.filter { _ in generator.chance(0.8) })
            let before = record
            let operation = EventOperation.allCases[Int.random(in: 0..<3, using: &generator)]
            guard operation != .delete || before.exists(by: .newest) else { return }
            var data: JSONObject = ["status": "edited"]
            if generator.chance(0.5) { data["new"] = 1 }
            let edit = RecordEdit(record.subject, data, operation: operation)
            let event = try Self.event(edit, on: record)
            record.merge(event.change)
            try #require(!record.existence.isInConflict)
            if operation != .merge || before.exists(by: .newest) {
                try #require(record.shown(by: .newest) == edit.expected(after: before.shown(by: .newest)))
            }
            for field in edit.data.fields {
                try #require(record[field: field.name]?.values.map(\.version) == [event.version])
            }
            let settled = ConflictSettlement.all(of: event).map(\.conflict.field)
            let over = before.conflicts(by: .newest).filter { conflict in
                !record.conflicts(by: .newest).contains { $0.field == conflict.field }
            }
            try #require(settled == over.map(\.field))
            // What had not arrived when the edit was made had not been seen by it.
            for change in history where change.version.origin != event.version.origin {
                for field in edit.operation == .delete ? [] : edit.data.fields.map(\.name) {
                    let isKnown = before[field: field]?.context.covers(change.version) ?? false
                    let isSaid = event.seen.claims(change.version, of: field)
                    try #require(isSaid == (isKnown || before.floor.covers(change.version)))
                }
            }
        }
    }

    @Test func whatADeletionHadNotSeenSurvivesIt() throws {
        let early = try Sample.change(1, by: "core", ["fee": 100])
        var record = try Sample.record([Sample.change(2, by: "core", ["status": "Issued"])])
        record.merge(try Self.event(RecordEdit(record.subject, operation: .delete), on: record).change)
        #expect(!record.exists(by: .newest))
        // The same origin's earlier change was still on its way.
        record.merge(early)
        #expect(record[field: "fee"]?.values.map(\.version) == [early.version])
        #expect(record[field: "status"]?.values.isEmpty == true)
    }

    @Test func aDeletionHasSeenChangesWithoutFields() throws {
        var record = try Sample.record([Sample.change(1, by: "core", [:])])
        record.merge(try Self.event(RecordEdit(record.subject, operation: .delete), on: record).change)
        #expect(!record.existence.isInConflict && !record.exists(by: .newest))
        #expect(record.fields.isEmpty, "what is said of the existence makes no field")
    }

    @Test func anEditOfADeletedRecordBringsItBack() throws {
        var record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]), Sample.change(2, by: "core", .delete, [:]),
        ])
        record.merge(try Self.event(RecordEdit(record.subject, ["status": "Held"]), on: record).change)
        #expect(!record.existence.isInConflict)
        #expect(record.shown(by: .newest) == ["status": "Held"])
    }

    @Test func whatIsTheSameForAllFieldsIsSaidOnce() throws {
        let record = try Sample.record([Sample.change(1, by: "core", ["a": 1, "b": 2])])
        let event = try Self.event(RecordEdit(record.subject, ["a": 3, "b": 4]), on: record)
        #expect(event.seen == .everywhere(VersionVector([try Sample.version(1)])))
        let own = try Self.event(RecordEdit(record.subject, ["a": 3]), on: record, by: "core")
        #expect(own.seen == .nothing)
    }

    @Test func whatASettlementSaysIsReadAgain() throws {
        let long = JSONText(string: String(repeating: "x", count: 600))
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued", "note": long]),
            Sample.change(2, by: "hall", ["status": .null, "note": "short"]),
        ])
        var edit = RecordEdit(record.subject, ["status": "Held", "note": "both"])
        edit.extensions["conflictreason"] = "asked them"
        let event = try Self.event(edit, on: record)
        let settled = ConflictSettlement.all(of: event)
        try #require(settled.map(\.conflict.field) == ["note", "status"])
        #expect(settled[0].conflict.values.map(\.content) == [.leftOut, .value("short")])
        #expect(settled[1].conflict.values == record.conflicts(by: .newest)[1].values)
        #expect(settled[1].conflict.id == record.conflicts(by: .newest)[1].id)
        #expect(settled.allSatisfy { $0.by == event.version && $0.reason == "asked them" && $0.person == nil })
    }

    @Test func saysWhatIsMissing() throws {
        let record = Record(subject: try Subject("permit/1"))
        #expect(throws: LockstepError.self) {
            try Self.event(RecordEdit(record.subject, operation: .delete), on: record)
        }
        let unknown = EditedRecord(record, newest: nil, policy: .newest)
        let error = #expect(throws: LockstepError.self) {
            try unknown.event(
                of: RecordEdit(record.subject, ["a": 1]), version: try Sample.version(1), id: try EventID("e"),
                at: Timestamp(microseconds: 0))
        }
        #expect(error?.code == .invalidEvent && error?.message.contains("event type") == true)
    }
}

extension Seen {
    /// Whether it says that a version of a field was seen.
    fileprivate func claims(_ version: Version, of field: String) -> Bool {
        switch self {
        case .everywhere(let vector): vector.covers(version)
        case .byField(let vectors): vectors[field]?.covers(version) ?? false
        }
    }
}
