import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@testable import LockstepService

/// What a report says of a small city.
@Suite("Reports", .timeLimit(.minutes(1)))
struct ReportTests {
    @Test("people read who is in step, what is missing and since when")
    func golden() async throws {
        try await ReportSite.withSmallCity { site in
            let text = try await site.report().text(width: nil)
            let seal = text.components(separatedBy: "\nmade ").first ?? ""
            #expect(seal == Self.golden)
        }
    }

    private static let golden = """
        Report 1, as of 2024-07-03T09:48:20Z

        Offices
        OFFICE     RECORDS  IN STEP  BEHIND  DIFFERENT  OLDEST NOT APPLIED  OLDEST RECORD  COMPARED  JUDGED BY
        ward-3           2        0       2          0            1 m 10 s  permit/1              0  both
        city-hall        3        3       0          0                   -  -                     1  both
        parks            0        0       0          0                   -  -                     0  nothing

        Deliveries and conflicts
        OFFICE     RETRYING  NO WORD  DEAD  DEAD SINCE            OPEN CONFLICTS  DECIDED  SETTLED
        ward-3            0        1     1  2024-07-03T09:46:55Z               0        0        0
        city-hall         0        0     0  -                                  0        0        0
        parks             0        0     0  -                                  -        -        -

        Records that are not in step
        OFFICE  RECORD    STATE   VERSION                EXPECTED               SINCE                 WHY
        ward-3  permit/1  behind  019077fd30000000-core  019077fda5300000-core  2024-07-03T09:47:10Z  no word yet
        ward-3  permit/2  behind  019077fd57100000-core  019077fd57100000-core  2024-07-03T09:46:50Z  \
        given up: no such day

        Conflicts
        None is recorded.

        Dead letters
        OFFICE  RECORD    VERSION                EVENT  SINCE                 TRIES  WHY
        ward-3  permit/2  019077fd57100000-core  e-10   2024-07-03T09:46:55Z      1  no such day

        Changes, by who made them
        ORIGIN  CHANGES  CONFIRMED  UNROUTED  REFUSED  NOT REPORTED  LAST
        core          4          4         0        0             0  2024-07-03T09:47:10Z

        """

    @Test("what an office does not subscribe to never makes it behind")
    func subscriptions() async throws {
        try await ReportSite.withSmallCity { site in
            let offices = try await site.report().report.offices
            #expect(offices.map(\.office) == ["ward-3", "city-hall", "parks"])
            #expect(offices.map(\.records) == [2, 3, 0])
            #expect(offices.map(\.behind) == [2, 0, 0])
            #expect(offices.map(\.compared) == [0, 1, 0])
            #expect(offices.map(\.source) == ["both", "both", "nothing"])
        }
    }

    @Test("the age is that of the oldest change that can still be applied, not that of a dead letter")
    func age() async throws {
        try await ReportSite.withSmallCity { site in
            let ward = try #require(try await site.report().report.offices.first)
            #expect(ward.oldestAgeSeconds == 70)
            #expect(ward.oldestRecord == "permit/1")
            #expect(ward.dead == 1 && ward.silent == 1)
            #expect(ward.deadSince == ReportSite.time(15).rfc3339)
            let city = try await site.report().report.offices[1]
            #expect(city.oldestAgeSeconds == nil)
        }
    }

    @Test("as of a moment before an office had a change, it does not have it", arguments: [(1.5, 1), (2, 0), (14, 1)])
    func asOf(seconds: Double, behind: Int) async throws {
        try await ReportSite.withSmallCity { site in
            let report = try await site.report(ReportArguments(asOf: ReportSite.time(seconds))).report
            let ward = try #require(report.offices.first)
            #expect(ward.behind == behind)
            #expect(ward.dead == 0, "it was given up later")
            #expect(ward.source == "ledger")
            #expect(report.notes.contains { $0.contains("the present only") })
        }
    }

    @Test("a moment that has not come is refused, and so is a directory that holds nothing")
    func refusals() async throws {
        try await ReportSite.withSmallCity { site in
            await #expect(throws: LockstepError.self) {
                try await site.report(ReportArguments(asOf: ReportSite.time(101)))
            }
            await #expect(throws: LockstepError.self) {
                try await site.report(ReportArguments(about: try Subject("permit/9")))
            }
        }
        try await withTemporaryDirectory { directory in
            let site = ReportSite(configuration: Configuration(state: directory))
            await #expect(throws: LockstepError.self) { try await site.report() }
            #expect(!FileManager.default.fileExists(atPath: site.configuration.auditFile), "no number is used up")
        }
    }

    @Test("a replica that cannot be opened is named, and keeps nobody from knowing of the others")
    func unreadable() async throws {
        try await ReportSite.withSmallCity { site in
            let file = site.configuration.replicaFile(of: try OfficeName("ward-3"))
            try Data("this is no database, and was never one".utf8).write(to: URL(filePath: file))
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
            let report = try await site.report().report
            #expect(report.notes.contains { $0.contains("ward-3") && $0.contains("cannot be read") })
            #expect(report.offices.map(\.source) == ["ledger", "both", "nothing"])
            #expect(report.offices.map(\.behind) == [2, 0, 0])
        }
    }

    @Test("of one record, every version, who made it and when each office had it")
    func history() async throws {
        try await ReportSite.withSmallCity { site in
            let report = try await site.report(ReportArguments(about: try Subject("permit/1"))).report
            let lines = report.history.map { "\($0.event) \($0.origin) \($0.office ?? "-") \($0.state ?? "-")" }
            #expect(
                lines == [
                    "e-0 core ward-3 applied", "e-0 core city-hall applied", "e-30 core ward-3 no word yet",
                    "e-30 core city-hall applied",
                ])
            let since: [Double?] = [2, 40, nil, 40]
            #expect(report.history.map(\.since) == since.map { seconds in seconds.map { ReportSite.time($0).rfc3339 } })
            #expect(report.offices.map(\.records) == [1, 1, 0])
        }
    }

    @Test("lists end at their limit and say how much is left out; counts are whole")
    func limit() async throws {
        try await ReportSite.withSmallCity { site in
            let sealed = try await site.report(ReportArguments(limit: 1))
            #expect(sealed.report.differences.count == 1)
            #expect(sealed.report.omitted == ["differences": 1])
            #expect(sealed.report.offices[0].behind == 2)
            #expect(sealed.text(width: nil).contains("and 1 more"))
        }
    }

    @Test("what operators did is told, with who and why, up to the moment")
    func actions() async throws {
        try await ReportSite.withSmallCity { site in
            let audit = try SQLiteAudit(path: site.configuration.auditFile)
            try await audit.note(
                OperatorAction(
                    at: ReportSite.time(50), person: "ada", action: "replayed", office: try OfficeName("ward-3"),
                    count: 1, events: ["e-10"], reason: "the day is there now"))
            try audit.close()
            let text = try await site.report().text(width: nil)
            #expect(text.contains("ada     replayed  ward-3      1  e-10   the day is there now"))
            let before = try await site.report(ReportArguments(asOf: ReportSite.time(49)))
            #expect(before.report.actions.isEmpty)
        }
    }

    /// What two offices have recorded of two conflicts.
    private static func conflicts() throws -> [OfficeName: [StoredConflict]] {
        let (core, ward) = (try Version("0190c5a2b3c40000-core"), try Version("0190c5a2b3c40001-ward-3"))
        func conflict(_ subject: String) throws -> Conflict {
            Conflict(
                subject: try Subject(subject), field: "status",
                values: [
                    Conflict.Value(version: core, content: .value("Issued")),
                    Conflict.Value(version: ward, content: .removed),
                ], policy: "ask", shown: ward, isOpen: true)
        }
        var open = StoredConflict(
            id: "1", state: .open, conflict: try conflict("permit/1"), openedAt: ReportSite.time(10))
        let settled = StoredConflict(
            id: "2", state: .settled, conflict: try conflict("permit/2"), openedAt: ReportSite.time(10),
            settlement: ConflictSettlement(
                try conflict("permit/2"), by: try Version("0190c5a2b3c50000-core"), time: ReportSite.time(20),
                person: "ada", reason: "the file says so"))
        let first = [open, settled]
        open.openedAt = ReportSite.time(5)
        return [try OfficeName("a"): first, try OfficeName("b"): [open]]
    }

    @Test(
        "conflicts of several offices are one row, as they stood at the moment",
        arguments: [(100.0, ["open", "settled"]), (15.0, ["open", "open"]), (7.0, ["open"]), (1.0, [])])
    func conflicts(seconds: Double, states: [String]) throws {
        let offices = try ["a", "b"].map {
            ComparedOffice(subscription: try ReportSite.office($0, "#"), hasReplica: true)
        }
        var builder = ReportBuilder(asOf: ReportSite.time(seconds), limit: 10, offices: offices)
        let report = builder.finish(conflicts: try Self.conflicts(), actions: [], notes: [])
        #expect(report.conflicts.map(\.state) == states)
        #expect(report.isGood == states.isEmpty)
        guard seconds == 100 else { return }
        #expect(report.conflicts[0].offices == ["a", "b"])
        #expect(report.conflicts[0].opened == ReportSite.time(5).rfc3339)
        #expect(report.conflicts[0].values.map(\.value) == ["\"Issued\"", nil])
        #expect(report.conflicts[1].person == "ada" && report.conflicts[1].reason == "the file says so")
        #expect(report.offices.map(\.conflictsOpen) == [1, 1])
        #expect(report.offices.map(\.conflictsSettled) == [1, 0])
        #expect(ReportTable(report.conflicts).text(nil).contains("core: \"Issued\", ward-3: removed"))
    }
}
