import Lockstep
import Testing

@testable import LockstepService

/// An office that got a record as a whole has all changes up to it, whatever became of their own events.
struct RecordsMadeGoodTests {
    private static let start: Int64 = 1_720_000_000

    private static func version(_ number: Int) throws -> Version {
        Version(reading: ClockReading(UInt64(start * 1_000) << 16 + UInt64(number)), origin: try Origin("core"))
    }

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (start + seconds) * 1_000_000) }

    /// A change that its publisher has reported.
    private static func change(_ number: Int, _ deliveries: [String: Receipt.Outcome] = [:]) throws -> LedgerEntry {
        try entry(
            "e-\(number)", number, deliveries,
            PublicationState(
                source: try Origin("core"), type: try EventType("permit.issued"), scope: nil, acceptedAt: time(0),
                at: time(1), outcome: .confirmed))
    }

    /// The record as a whole, at a version.
    private static func whole(_ number: Int, _ deliveries: [String: Receipt.Outcome]) throws -> LedgerEntry {
        try entry("w-\(number)", number, deliveries, nil)
    }

    private static func entry(
        _ id: String, _ number: Int, _ outcomes: [String: Receipt.Outcome], _ publication: PublicationState?
    ) throws -> LedgerEntry {
        var entry = LedgerEntry(
            event: try EventID(id), subject: try Subject("permit/1"), version: try version(number),
            publication: publication)
        for (office, outcome) in outcomes {
            let receipt = Receipt(
                event: entry.event, subject: entry.subject, version: entry.version, outcome: outcome, attempt: 1)
            entry.deliveries[try OfficeName(office)] = DeliveryState(receipt, at: time(9))
        }
        return entry
    }

    private static func subscription(_ office: String) throws -> Subscription {
        Subscription(office: try OfficeName(office), events: [try TopicPattern("#")])
    }

    @Test func whatADeadLetterLackedIsRepaired() throws {
        let dead = try Self.change(1, ["a": .dead(reason: "no day"), "b": .dead(reason: "no day")])
        let record = [try Self.whole(2, ["a": .done(.merged)]), try Self.change(2), dead]
        let report = StatusReport(
            of: [dead], record: record, among: [try Self.subscription("a"), try Self.subscription("b")],
            at: Self.time(20))
        #expect(report.offices.map(\.state) == ["repaired", "dead"])
        #expect(report.offices.map(\.hasIt) == [true, false])
        #expect(report.offices[0].since == Self.time(9).rfc3339)
        #expect(report.offices[0].delayMilliseconds == 9_000)
        #expect(report.offices[0].reason == nil)
    }

    @Test func ofTheRecordNothingIsLackingThen() throws {
        let entries = [
            try Self.whole(2, ["a": .done(.merged)]), try Self.change(2), try Self.change(1, ["a": .dead(reason: "x")]),
        ]
        let office = try OfficeName("a")
        let held = Holding(
            event: entries[0].event, version: entries[0].version,
            done: DeliveryState.Done(.merged, at: Self.time(9)), publishedAt: Self.time(0))
        let report = StatusReport(
            about: try Subject("permit/1"), entries, holdings: [office: held],
            among: [try Self.subscription("a")], at: Self.time(20))
        #expect(report.offices.map(\.state) == ["merged"])
        #expect(report.isComplete)
    }

    @Test func whatIsYoungerThanTheWholeRecordIsNotInIt() throws {
        let younger = try Self.change(3)
        let good = RecordsMadeGood([younger, try Self.whole(2, ["a": .done(.merged)]), try Self.change(2)])
        #expect(good.moment(younger.version, in: try OfficeName("a")) == nil)
        #expect(good.moment(try Self.version(2), in: try OfficeName("a")) == Self.time(9))
    }

    @Test func anEventWhosePublicationIsNotReportedIsNoWholeRecord() throws {
        let good = RecordsMadeGood([try Self.whole(2, ["a": .done(.applied)]), try Self.change(1)])
        #expect(good.moment(try Self.version(1), in: try OfficeName("a")) == nil)
    }
}
