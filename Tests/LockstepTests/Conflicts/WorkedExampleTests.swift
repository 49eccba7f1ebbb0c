import Lockstep
import LockstepTesting
import Testing

/// The example of the page "Conflicts": city hall and two wards change the same permit while they are cut off.
struct WorkedExampleTests {
    private static let fromCityHall = "city-hall=00000000000000c1"

    private static func changes() throws -> [RecordChange] {
        [
            try change(0xC1, "city-hall", "", ["STATUS": "Received", "INSPECTOR": "Lee"]),
            try change(0xC2, "ward-3", fromCityHall, ["STATUS": "Inspected"]),
            try change(0xC3, "city-hall", "", ["STATUS": "On hold"]),
            try change(0xC4, "ward-5", fromCityHall, ["INSPECTOR": "Kim"]),
            try change(0xC5, "ward-3", fromCityHall, ["PLACE": "2 Oak"]),
        ]
    }

    private static func change(
        _ reading: UInt64, _ origin: String, _ seen: String, operation: EventOperation = .merge, _ data: JSONObject
    ) throws -> RecordChange {
        try Sample.change(reading, by: origin, seen: try Seen(seen), operation, data)
    }

    private static func prefer(_ names: String...) throws -> ConflictPolicy {
        ConflictPolicy(.prefer(try names.map(Origin.init)))
    }

    private static func shown(_ record: Record, _ policy: ConflictPolicy) -> String? { record.shown(by: policy)?.text }

    /// Checks a record in many orders of arrival.
    private static func inAnyOrder(_ changes: [RecordChange], _ check: (Record) throws -> Void) throws {
        try forEachSeed(50) { _, generator in
            try check(try Sample.record(changes.shuffled(using: &generator)))
        }
    }

    @Test func eachPolicyShowsWhatThePageSays() throws {
        let onHold = #"{"INSPECTOR":"Kim","PLACE":"2 Oak","STATUS":"On hold"}"#
        let inspected = #"{"INSPECTOR":"Kim","PLACE":"2 Oak","STATUS":"Inspected"}"#
        try Self.inAnyOrder(Self.changes()) { record in
            try demand(record.conflictedFields == ["STATUS"])
            try demand(Self.shown(record, .newest) == onHold)
            try demand(Self.shown(record, try Self.prefer("ward-3", "city-hall")) == inspected)
            try demand(Self.shown(record, try Self.prefer("ward-5")) == onHold)
            try demand(Self.shown(record, ConflictPolicy(.ask)) == onHold)
            try demand(record.openConflicts(by: .newest) == [])
            try demand(record.openConflicts(by: ConflictPolicy(.ask)) == ["STATUS"])
        }
    }

    @Test func aFastClockChangesWhatIsCalledNewestAndNothingElse() throws {
        var changes = try Self.changes()
        changes[1].version = try Sample.version(0xC9, "ward-3")
        changes[4].version = try Sample.version(0xCA, "ward-3")
        try Self.inAnyOrder(changes) { record in
            try demand(record.conflictedFields == ["STATUS"])
            try demand(record[field: "STATUS"]?.values.count == 2)
            try demand(record.shown(by: .newest)?["STATUS"]?.stringValue == "Inspected")
        }
    }

    @Test func aChangeThatHasSeenBothEndsIt() throws {
        let seen = "city-hall=00000000000000c3,ward-3=00000000000000c2"
        let resolution = try Self.change(0xC6, "clerk", seen, ["STATUS": "On hold"])
        try Self.inAnyOrder(Self.changes() + [resolution]) { record in
            try demand(record.conflictedFields.isEmpty)
            try demand(record[field: "STATUS"]?.values.map(\.version) == [resolution.version])
        }
        var early = try Sample.record([Self.changes()[0], resolution])
        try #require(early.shown(by: .newest)?["STATUS"]?.stringValue == "On hold")
        for change in try Self.changes()[1...2] { early.merge(change) }
        #expect(early[field: "STATUS"]?.values.map(\.version) == [resolution.version])
    }

    @Test func noEditIsLostByADeletionThatHadNotSeenIt() throws {
        var changes = try Self.changes()
        changes[3] = try Self.change(0xC4, "ward-5", Self.fromCityHall, operation: .delete, [:])
        try Self.inAnyOrder(changes) { record in
            try demand(Self.shown(record, .newest) == #"{"PLACE":"2 Oak","STATUS":"On hold"}"#)
            try demand(Self.shown(record, try Self.prefer("ward-5")) == nil)
        }
    }
}
