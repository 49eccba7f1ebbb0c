import Lockstep
import LockstepSQLite
import Testing

@testable import LockstepService

/// How offices stand to one record, by ledger and replicas.
struct RecordComparisonTests {
    private static func office(
        _ name: String, _ patterns: String..., hasSpoken: Bool = true, hasReplica: Bool = true
    ) throws -> ComparedOffice {
        ComparedOffice(
            subscription: Subscription(
                office: try OfficeName(name), events: try patterns.map { try TopicPattern($0) }),
            hasSpoken: hasSpoken, hasReplica: hasReplica)
    }

    private static func held(_ seconds: Double, _ bytes: UInt8, routes: [String]? = nil) throws -> HeldRecord {
        HeldRecord(
            subject: try Subject("permit/1"), version: try ReportSite.version(seconds), registers: [bytes],
            types: ["permit.issued"], routes: routes)
    }

    private static func verdicts(
        _ offices: [ComparedOffice], _ held: [String: HeldRecord], _ entries: [LedgerEntry] = []
    ) throws -> [RecordComparison.Verdict?] {
        var record = ReportedRecord(subject: try Subject("permit/1"), entries: entries)
        for (name, holding) in held { record.held[try OfficeName(name)] = holding }
        let comparison = RecordComparison(record: record, moment: ReportSite.time(100), offices: offices)
        return offices.map { comparison.standing(of: $0)?.verdict }
    }

    @Test func ofContentsAtTheNewestVersionMostAreRightAndTheFirstBreaksATie() throws {
        let three = [try Self.office("a", "#"), try Self.office("b", "#"), try Self.office("c", "#")]
        let newest = try ReportSite.version(2)
        #expect(
            try Self.verdicts(three, ["a": Self.held(2, 1), "b": Self.held(2, 2), "c": Self.held(2, 2)])
                == [.different(expected: newest), .inStep(compared: true), .inStep(compared: true)])
        #expect(
            try Self.verdicts(Array(three.prefix(2)), ["a": Self.held(2, 1), "b": Self.held(2, 2)])
                == [.inStep(compared: false), .different(expected: newest)])
        var two = Array(three.prefix(2))
        two[1].breaksTies = true
        #expect(
            try Self.verdicts(two, ["a": Self.held(2, 1), "b": Self.held(2, 2)])
                == [.different(expected: newest), .inStep(compared: false)])
    }

    @Test func anOlderVersionOrNoneIsBehind() throws {
        let offices = [try Self.office("a", "#"), try Self.office("b", "permit.#"), try Self.office("c", "#")]
        let newest = try ReportSite.version(3)
        #expect(
            try Self.verdicts(offices, ["a": Self.held(2, 1), "b": Self.held(3, 2)])
                == [.behind(.version(newest)), .inStep(compared: false), .behind(.version(newest))])
    }

    /// The holder has taken in what the other one does not want: their bytes must differ.
    @Test func replicasAreNotComparedWhereOneWantsLess() throws {
        let offices = [try Self.office("all", "#"), try Self.office("ward", "permit.*.ward-3")]
        // Which scopes the record's events had is not known: the ward may not have wanted one of them.
        #expect(
            try Self.verdicts(offices, ["all": Self.held(3, 1), "ward": Self.held(2, 2)])
                == [.inStep(compared: false), .inStep(compared: false)])
        let wanted = ["permit.issued.ward-3"]
        #expect(
            try Self.verdicts(
                offices, ["all": Self.held(3, 1, routes: wanted), "ward": Self.held(2, 2, routes: wanted)])
                == [.inStep(compared: false), .behind(.version(try ReportSite.version(3)))])
        #expect(
            try Self.verdicts(offices, ["all": Self.held(3, 1, routes: ["permit.issued.ward-1"])])
                == [.inStep(compared: false), nil])
    }

    private static func entry(_ seconds: Int, said: [String: Receipt.Outcome]) throws -> LedgerEntry {
        let event = try ReportSite.event(seconds, "permit.issued", "permit/1")
        let report = PublicationReport(acceptedAt: event.time, at: event.time, entries: [.init(event, .confirmed)])
        var deliveries: [OfficeName: DeliveryState] = [:]
        for (office, outcome) in said {
            let receipt = Receipt(
                event: event.id, subject: event.subject, version: event.version, outcome: outcome, attempt: 1)
            deliveries[try OfficeName(office)] = DeliveryState(receipt, at: ReportSite.time(50))
        }
        return LedgerEntry(
            event: event.id, subject: event.subject, version: event.version,
            publication: PublicationState(report.entries[0], in: report), deliveries: deliveries)
    }

    @Test func anOfficeIsBehindUntilItHasSaidThatItHasEachChange() throws {
        let offices = [
            try Self.office("done", "#"), try Self.office("silent", "permit.*.ward-3"), try Self.office("dead", "#"),
            try Self.office("other", "policy.#"),
        ]
        let entry = try Self.entry(1, said: ["done": .done(.applied), "dead": .dead(reason: "no")])
        #expect(
            try Self.verdicts(offices, [:], [entry])
                == [.inStep(compared: false), .behind(.changes), .behind(.changes), nil])
    }

    /// What makes good what an office has missed has the newest change's version, and no publisher reports it.
    @Test func aRecordThatCameAsAWholeBringsAllChangesUpToItsVersion() throws {
        let offices = [try Self.office("a", "#", hasReplica: false), try Self.office("b", "#", hasReplica: false)]
        let changes = [try Self.entry(1, said: ["a": .dead(reason: "no")]), try Self.entry(2, said: [:])]
        var whole = try Self.entry(2, said: ["a": .done(.applied)])
        whole.event = try EventID("whole")
        whole.publication = nil
        #expect(
            try Self.verdicts(offices, [:], changes + [whole]) == [.inStep(compared: false), .behind(.changes)])
        #expect(
            try Self.verdicts(offices, [:], changes + [whole, try Self.entry(3, said: [:])])
                == [.behind(.changes), .behind(.changes)])
        // A change of which only the office has spoken brings itself alone.
        var foreign = whole
        foreign.version = try ReportSite.version(2.5)
        #expect(
            try Self.verdicts(offices, [:], changes + [foreign]) == [.behind(.changes), .behind(.changes)])
        var builder = ReportBuilder(asOf: ReportSite.time(100), limit: 9, offices: offices)
        builder.add(ReportedRecord(subject: try Subject("permit/1"), entries: changes + [whole]))
        let report = builder.finish(conflicts: [:], actions: [], notes: [])
        #expect(report.changes.map(\.changes) == [2], "it is no change of its own")
        #expect(report.deadLetters.isEmpty)
    }

    @Test func whereAnOfficeReportsNothingItsReplicaSpeaks() throws {
        let entry = try Self.entry(1, said: ["a": .done(.applied)])
        let offices = [try Self.office("a", "#"), try Self.office("mute", "#", hasSpoken: false)]
        let held = ["a": try Self.held(1, 1), "mute": try Self.held(1, 1)]
        #expect(
            try Self.verdicts(offices, held, [entry]) == [.inStep(compared: true), .inStep(compared: true)])
        // Nobody knows anything of one that has neither.
        let gone = [try Self.office("a", "#"), try Self.office("mute", "#", hasSpoken: false, hasReplica: false)]
        #expect(try Self.verdicts(gone, [:], [entry])[1] == .behind(.changes))
    }
}
