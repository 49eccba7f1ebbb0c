import Lockstep
import Testing

struct RecordEncodingTests {
    @Test func aRecordOfTheFirstFormatIsReadAsThatOfTheNextOne() throws {
        var bytes: [UInt8] = [1, 1, 4] + Array("core".utf8)
        bytes += [1, 13] + Array("permit.issued".utf8) + [0]
        let version: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 7]
        bytes += [1] + version + [5] + Array("true".utf8) + [0]
        bytes += [1, 6] + Array("status".utf8) + [1] + version + [9] + Array(#""Issued""#.utf8) + [0]
        let record = try Record(subject: try Subject("permit/1"), encoded: bytes)
        #expect(record == (try Sample.record([Sample.change(7, ["status": "Issued"])])))
        #expect(record.encoded().first == 2)
    }

    @Test func aDeletedRecordOfTheFirstFormatIsCompactedLikeAnyOther() throws {
        var bytes: [UInt8] = [1, 1, 4] + Array("core".utf8)
        bytes += [1, 13] + Array("permit.issued".utf8)
        let version: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 7]
        bytes += [1] + version + [1] + version + [0, 0] + [0]
        let record = try Record(subject: try Subject("permit/1"), encoded: bytes)
        #expect(record == (try Sample.record([Sample.change(7, .delete, [:])])))
        #expect(record.compacted(before: ClockReading(8)).isForgotten)
    }

    @Test func aFormatOfANewerReleaseIsNotTakenForDamage() throws {
        let error = #expect(throws: LockstepError.self) { try Record(subject: try Subject("permit/1"), encoded: [3]) }
        #expect(error?.code == .storeTooNew)
    }
}
