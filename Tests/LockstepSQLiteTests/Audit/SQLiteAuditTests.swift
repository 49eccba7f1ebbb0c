import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// What is kept for auditors.
@Suite(.timeLimit(.minutes(1)))
struct SQLiteAuditTests {
    private static func entry(_ number: Int, _ previous: String?) -> RegisteredReport {
        RegisteredReport(
            number: number, made: LedgerSample.time(Int64(number)), form: "json", content: "c", previous: previous,
            digest: "d\(number)")
    }

    @Test func reportsAreNumberedWithoutGapsWhoeverMakesThem() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "audit.sqlite").path
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let audit = try SQLiteAudit(path: path, busyTimeout: .seconds(20))
                        for _ in 0..<3 { _ = try await audit.register { Self.entry($0, $1) } }
                        try audit.close()
                    }
                }
                try await group.waitForAll()
            }
            let reports = try await SQLiteAudit(reading: path).reports()
            #expect(reports.map(\.number) == Array(1...12))
            let previous: [String?] = [nil] + (1...11).map { "d\($0)" }
            #expect(reports.map(\.previous) == previous)
        }
    }

    @Test func actionsComeBackAsTheyWereNoted() async throws {
        try await withTemporaryDirectory { directory in
            let audit = try SQLiteAudit(path: directory.appending(path: "audit.sqlite").path)
            let actions = [
                OperatorAction(
                    at: LedgerSample.time(1), person: "ada", action: "replayed", office: try OfficeName("a"), count: 2,
                    events: ["e\"1", "e-2"], reason: "mended"),
                OperatorAction(
                    at: LedgerSample.time(2), person: "bob", action: "discarded", office: try OfficeName("b"), count: 9,
                    events: nil, reason: nil),
                OperatorAction(
                    at: LedgerSample.time(2), person: "bob", action: "changed", target: "c", detail: "from 1 to 2",
                    reason: nil),
            ]
            for action in [actions[1], actions[0], actions[2]] { try await audit.note(action) }
            #expect(try await audit.actions(until: LedgerSample.time(2)) == actions)
            #expect(try await audit.actions(until: LedgerSample.time(1)) == [actions[0]])
        }
    }

    @Test func theFirstReleasesFileIsReadAsItIsAndBroughtUpToDateByWriting() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "audit.sqlite").path
            let audit = try SQLiteAudit(path: path)
            _ = try await audit.register { Self.entry($0, $1) }
            try audit.close()
            let old = try DatabaseQueue(path: path)
            try await old.write { db in
                try db.execute(
                    sql: """
                        DROP TABLE originals;
                        DROP TABLE begun;
                        ALTER TABLE actions DROP COLUMN detail;
                        DELETE FROM grdb_migrations WHERE identifier <> 'audit 1';
                        """)
            }
            try old.close()
            #expect(try await SQLiteAudit(reading: path).reports().map(\.number) == [1])
            #expect(try await SQLiteAudit(path: path).actions(until: LedgerSample.time(9)).isEmpty)
        }
    }

    @Test func aFileThatIsNotThereIsNotMadeByReading() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "audit.sqlite").path
            let error = await failure { _ = try SQLiteAudit(reading: path) }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("'lockstep report'") == true)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
