import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// `lockstep report`: no broker is needed for it.
@Suite("The report", .timeLimit(.minutes(2)))
struct ReportCommandTests {
    private let directory: URL

    private func run(_ arguments: String...) async throws -> ChildCommand.Ended {
        try await ChildCommand(
            Site.products.appending(path: "lockstep"), ["report"] + arguments,
            environment: [
                "LOCKSTEP_CONFIG": directory.appending(path: "lockstep.yaml").path,
                "LOCKSTEP_STATE": directory.appending(path: "state").path,
            ]
        ).ended()
    }

    private init(_ directory: URL) {
        self.directory = directory
    }

    init() {
        directory = URL(filePath: "/nonexistent")
    }

    private static func withLedger(_ body: (ReportCommandTests) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try "offices:\n  ward-3: { events: [\"permit.#\"] }\n".write(
                to: directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let ledger = try SQLiteLedger(path: directory.appending(path: "state/ledger.sqlite").path)
            let now = WallClock.system.now
            let core = try Origin("core")
            let entry = PublicationReport.Entry(
                event: try EventID("e-1"), source: core, type: try EventType("permit.issued"),
                subject: try Subject("permit/1"),
                version: Version(reading: try #require(ClockReading(at: now)), origin: core), outcome: .confirmed)
            try await ledger.take([.publications(PublicationReport(acceptedAt: now, at: now, entries: [entry]))])
            try ledger.close()
            try await body(ReportCommandTests(directory))
        }
    }

    @Test("is written in each form, says by its status that an office is behind, and is checked afterwards")
    func wholeWay() async throws {
        try await Self.withLedger { site in
            let text = try await site.run()
            #expect(text.status == 1, "an office is behind: \(text.error)")
            #expect(text.output.hasPrefix("Report 1, as of "))
            #expect(text.output.contains("no word yet"))

            let (second, third) = (
                site.directory.appending(path: "2.json").path, site.directory.appending(path: "3.json").path
            )
            #expect(try await site.run("--json", "--output", second).output.isEmpty)
            _ = try await site.run("--json", "--about", "permit/1", "--output", third)
            let html = try await site.run("--html")
            #expect(html.output.hasPrefix("<!DOCTYPE html>"))
            let csv = try await site.run("--csv")
            #expect(csv.output.hasPrefix("Table,Office,Records,"))

            let missing = try await site.run("--verify", third, second, "--json")
            #expect(missing.status == 0, "\(missing.output)")
            #expect(missing.output.components(separatedBy: "\"other form\"").count == 4)
            #expect(missing.output.components(separatedBy: "\"good\"").count == 3)
            #expect(try await site.run("--verify", third).status == 1, "one is missing")
            #expect(try await site.run("--output", "/nonexistent/x").status == 69)
            #expect(try await site.run().output.hasPrefix("Report 6"), "what could not be written has no number")

            let changed = try String(contentsOfFile: second, encoding: .utf8)
                .replacingOccurrences(of: "\"behind\" : 1", with: "\"behind\" : 0")
            try changed.write(toFile: second, atomically: true, encoding: .utf8)
            #expect(
                try await site.run("--verify", second, third).output.contains("what it says is not what was sealed"))
        }
    }

    @Test(
        "refuses what cannot be",
        arguments: [["--csv", "--html"], ["--as-of", "yesterday"], ["--verify", "a", "--csv"]])
    func usage(arguments: [String]) async throws {
        let ended = try await ChildCommand(
            Site.products.appending(path: "lockstep"), ["report"] + arguments, environment: [:]
        ).ended()
        #expect(ended.status == 64)
        #expect(!ended.error.isEmpty)
    }
}
