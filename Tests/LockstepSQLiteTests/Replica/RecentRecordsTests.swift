import Lockstep
import Testing

@testable import LockstepSQLite

struct RecentRecordsTests {
    private static func record(_ number: Int, bytes: Int = 10) throws -> LoadedRecord {
        LoadedRecord(
            Record(subject: try Subject("permit/\(number)")),
            row: LoadedRecord.Row(id: Int64(number), type: nil, scope: nil), isUnpushed: false,
            original: [UInt8](repeating: 0, count: bytes), routes: .none)
    }

    /// Puts a record in as a batch does that has read and stored it.
    private static func use(_ number: Int, in recent: inout RecentRecords, bytes: Int = 10) throws -> Bool {
        let slot = recent.slot(of: try Subject("permit/\(number)"))
        let kept = recent.take(slot, to: 0)
        recent.put(try record(number, bytes: bytes), in: slot)
        recent.trim()
        return kept?.row?.id == Int64(number)
    }

    @Test func givesBackWhatWasPutIn() throws {
        var recent = RecentRecords()
        #expect(try !Self.use(1, in: &recent))
        #expect(try Self.use(1, in: &recent))
        #expect(try !Self.use(2, in: &recent))
        #expect(try Self.use(1, in: &recent) && Self.use(2, in: &recent))
        #expect(recent.count == 2)
    }

    @Test func aBatchHasARecordOnce() throws {
        var recent = RecentRecords()
        _ = try Self.use(1, in: &recent)
        let slot = recent.slot(of: try Subject("permit/1"))
        #expect(recent.position(of: slot) == nil)
        #expect(recent.take(slot, to: 7) != nil)
        #expect(recent.position(of: slot) == 7)
        recent.put(try Self.record(1), in: slot)
        #expect(recent.position(of: slot) == nil)
    }

    @Test func letsGoOfRecordsThatNobodyAsksFor() throws {
        var recent = RecentRecords(RecentRecords.Limits(records: 3, bytes: 1 << 20))
        for number in 1...3 { _ = try Self.use(number, in: &recent) }
        for number in 4...40 {
            // Number 1 is asked for all the time, the others never again.
            #expect(try Self.use(1, in: &recent), "after \(number - 1)")
            #expect(try !Self.use(number, in: &recent))
            #expect(recent.count == 3)
        }
    }

    @Test func keepsNoMoreBytesThanItMay() throws {
        let size = try Self.record(0, bytes: 10_000).size
        var recent = RecentRecords(RecentRecords.Limits(records: 1_000, bytes: 10 * size))
        for number in 0..<50 { _ = try Self.use(number, in: &recent, bytes: 10_000) }
        #expect(recent.count == 10)
        // One that is larger than all that may be kept is not kept, and nothing else either.
        _ = try Self.use(99, in: &recent, bytes: 200_000)
        #expect(recent.count == 0)
        #expect(try !Self.use(1, in: &recent) && Self.use(1, in: &recent))
    }
}
