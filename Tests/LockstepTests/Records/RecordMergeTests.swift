import Lockstep
import Testing

struct RecordMergeTests {
    @Test func aLaterChangeOfTheSameOriginReplacesTheEarlierOne() throws {
        let record = try Sample.record([
            Sample.change(1, ["status": "Received"]),
            Sample.change(2, ["status": "Issued"]),
        ])
        #expect(record.shown(by: .newest)?.text == #"{"status":"Issued"}"#)
        #expect(record[field: "status"]?.values.count == 1)
    }

    @Test func aChangeThatComesTooLateIsSuperseded() throws {
        var record = try Sample.record([Sample.change(2, ["status": "Issued"])])
        #expect(record.merge(try Sample.change(1, ["status": "Received"])) == .superseded)
        #expect(record.shown(by: .newest)?.text == #"{"status":"Issued"}"#)
    }

    @Test func aLateChangeStillBringsTheFieldsThatNothingNewerWrote() throws {
        var record = try Sample.record([Sample.change(2, ["status": "Issued"])])
        #expect(record.merge(try Sample.change(1, ["status": "Received", "ward": "3"])) == .merged)
        #expect(record.shown(by: .newest)?.text == #"{"status":"Issued","ward":"3"}"#)
    }

    @Test func theSameChangeAgainIsADuplicate() throws {
        let change = try Sample.change(1, ["status": "Issued"])
        var record = try Sample.record([change])
        #expect(record.merge(change) == .duplicate)
    }

    @Test func differentFieldsChangedConcurrentlyBothSurvive() throws {
        var record = try Sample.record([Sample.change(1, by: "core", ["status": "Issued"])])
        #expect(record.merge(try Sample.change(1, by: "ward-3", ["inspector": "Lee"])) == .merged)
        #expect(record.shown(by: .newest)?.text == #"{"inspector":"Lee","status":"Issued"}"#)
    }

    @Test func theSameFieldChangedConcurrentlyIsAConflictThatShowsTheNewest() throws {
        var record = try Sample.record([Sample.change(2, by: "core", ["status": "Issued"])])
        #expect(record.merge(try Sample.change(1, by: "ward-3", ["status": "Closed"])) == .conflict)
        #expect(record.conflictedFields == ["status"])
        #expect(record.shown(by: .newest)?.text == #"{"status":"Issued"}"#)
    }

    @Test func aTieIsDecidedByTheOriginsName() throws {
        let record = try Sample.record([
            Sample.change(1, by: "ward-3", ["status": "Closed"]), Sample.change(1, by: "core", ["status": "Issued"]),
        ])
        #expect(record.shown(by: .newest)?.text == #"{"status":"Closed"}"#)
    }

    @Test func aChangeThatHasSeenBothSidesSettlesAConflict() throws {
        let sides = [try Sample.version(1, "core"), try Sample.version(1, "ward-3")]
        let record = try Sample.record([
            Sample.change(1, by: "core", ["status": "Issued"]),
            Sample.change(1, by: "ward-3", ["status": "Closed"]),
            Sample.change(2, by: "clerk", seen: .everywhere(VersionVector(sides)), ["status": "Final"]),
        ])
        #expect(record.conflictedFields.isEmpty)
        #expect(record.shown(by: .newest)?.text == #"{"status":"Final"}"#)
    }

    @Test func nullRemovesAField() throws {
        let record = try Sample.record([
            Sample.change(1, ["status": "Issued", "hold": true]), Sample.change(2, ["hold": .null]),
        ])
        #expect(record.shown(by: .newest)?.text == #"{"status":"Issued"}"#)
    }

    @Test func replaceRemovesWhatItDoesNotSet() throws {
        let record = try Sample.record([
            Sample.change(1, ["status": "Issued", "ward": "3"]), Sample.change(2, .replace, ["status": "Final"]),
        ])
        #expect(record.shown(by: .newest)?.text == #"{"status":"Final"}"#)
    }

    @Test func deleteHidesTheRecordAndALaterChangeRevivesItEmpty() throws {
        var record = try Sample.record([Sample.change(1, ["status": "Issued"])])
        #expect(record.merge(try Sample.change(2, .delete, [:])) == .applied)
        #expect(record.shown(by: .newest) == nil)
        record.merge(try Sample.change(3, ["ward": "3"]))
        #expect(record.shown(by: .newest)?.text == #"{"ward":"3"}"#)
    }

    @Test func anEditThatADeleteHadNotSeenIsAConflictOfExistence() throws {
        var record = try Sample.record([Sample.change(1, by: "core", ["status": "Issued"])])
        record.merge(try Sample.change(5, by: "ward-3", ["inspector": "Lee"]))
        #expect(record.merge(try Sample.change(3, by: "core", .delete, [:])) == .conflict)
        #expect(record.shown(by: .newest)?.text == #"{"inspector":"Lee"}"#)
    }

    @Test func aDeleteAlsoCoversWhatItHadSeenAndWhatArrivesAfterIt() throws {
        let seen = Seen.everywhere(VersionVector([try Sample.version(1, "ward-3")]))
        var record = try Sample.record([Sample.change(2, by: "core", seen: seen, .delete, [:])])
        #expect(!record.merge(try Sample.change(1, by: "ward-3", ["inspector": "Lee"])).changedSomething)
        #expect(record.shown(by: .newest) == nil)
    }

    @Test func theVersionIsTheNewestThatShows() throws {
        let record = try Sample.record([
            Sample.change(7, by: "core", ["status": "Issued"]), Sample.change(9, by: "ward-3", ["ward": "3"]),
        ])
        #expect(record.version == (try Sample.version(9, "ward-3")))
    }

    @Test(
        arguments: [
            [], [0], [9], [1, 1], [2, 1], [2, 0, 1, 1, 65, 0], [2, 0, 0, 1], [1, 0, 0, 0, 0, 0, 200],
            [1, 1, 4, 99, 111],
        ] as [[UInt8]])
    func damagedBytesAreRefused(_ bytes: [UInt8]) throws {
        #expect(throws: LockstepError.self) { try Record(subject: try Subject("permit/1"), encoded: bytes) }
    }
}
