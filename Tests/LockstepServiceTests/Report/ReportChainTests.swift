import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@testable import LockstepService

/// A changed or missing report shows.
@Suite("Chains of reports", .timeLimit(.minutes(1)))
struct ReportChainTests {
    /// Three reports of the same moment, and the register that they are in.
    private static func withThree(
        _ body: (_ files: [(name: String, text: String)], _ register: [RegisteredReport]) async throws -> Void
    ) async throws {
        try await ReportSite.withSmallCity { site in
            var files: [(name: String, text: String)] = []
            for number in 1...3 {
                files.append(("\(number).json", try await site.report(ReportArguments(form: .json)).json()))
            }
            let audit = try SQLiteAudit(reading: site.configuration.auditFile)
            let register = try await audit.reports()
            try audit.close()
            try await body(files, register)
        }
    }

    private static func states(
        _ files: [(name: String, text: String)], _ register: [RegisteredReport]?
    ) -> [String] {
        ReportChain.checks(files, register: register).map { "\($0.number ?? 0) \($0.state)" }
    }

    @Test("the same state has the same content's digest; a changed row has another one")
    func content() async throws {
        try await ReportSite.withSmallCity { site in
            let first = try await site.report()
            let second = try await site.report()
            #expect(first.report == second.report)
            #expect(first.seal.content == second.seal.content)
            #expect(first.seal.digest != second.seal.digest)
            #expect(second.seal.previous == first.seal.digest)
            #expect(first.seal.number == 1 && second.seal.number == 2)

            try await site.said("ward-3", at: 50, of: try ReportSite.event(30, "permit.moved", "permit/1"))
            let third = try await site.report()
            #expect(third.seal.content != first.seal.content)
        }
    }

    @Test("digests are SHA-256 of the canonical JSON, as anybody can compute it")
    func sha256() async throws {
        #expect(
            ReportSeal.digest(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        try await Self.withThree { files, _ in
            let sealed = try JSONObject(parsing: files[1].text)
            let report = try #require(sealed["report"])
            let seal = try #require(sealed["seal"])
            var members = try JSONObject(parsing: seal.text)
            #expect(members["content"]?.stringValue == ReportSeal.digest(of: report.text))
            let digest = members["digest"]?.stringValue
            members["digest"] = nil
            #expect(ReportSeal.digest(of: members.text) == digest)
        }
    }

    @Test("all reports are good in any order, with a copy, with and without the register")
    func good() async throws {
        try await Self.withThree { files, register in
            #expect(Self.states(files.reversed(), register) == ["1 good", "2 good", "3 good"])
            #expect(Self.states(files, nil) == ["1 good", "2 good", "3 good"])
            #expect(
                Self.states(files + [("copy.json", files[1].text)], nil)
                    == ["1 good", "2 good", "2 good", "3 good"])
        }
    }

    @Test("a report that was removed is missed, wherever it stood", arguments: 1...3)
    func removed(number: Int) async throws {
        try await Self.withThree { files, register in
            var files = files
            files.remove(at: number - 1)
            let expected = (1...3).map { $0 == number ? "\($0) missing" : "\($0) good" }
            #expect(Self.states(files, register) == expected)
            // Only the register knows how many there were.
            #expect(Self.states(files, nil) == (number == 3 ? Array(expected.prefix(2)) : expected))
        }
    }

    @Test("a report that was changed is found", arguments: ["no such day", "\"dead\" : 1", "made\" : \"2024"])
    func changed(text: String) async throws {
        try await Self.withThree { files, register in
            var files = files
            let other = text.replacingOccurrences(of: "1", with: "0").replacingOccurrences(of: "such", with: "good")
                .replacingOccurrences(of: "2024", with: "2023")
            files[1].text = files[1].text.replacingOccurrences(of: text, with: other)
            #expect(Self.states(files, register) == ["2 changed", "1 good", "3 good"])
            #expect(Self.states(files, nil) == ["2 changed", "1 good", "3 good"])
        }
    }

    @Test("a report that was sealed anew after a change is found by the one that follows it, or by the register")
    func forged() async throws {
        try await Self.withThree { files, register in
            let sealed = try JSONObject(parsing: files[1].text)
            var report = try JSONObject(parsing: try #require(sealed["report"]).text)
            report["deadLetters"] = try JSONText(parsing: "[]")
            let previous = try JSONObject(parsing: try #require(sealed["seal"]).text)["previous"]?.stringValue
            let seal = ReportSeal(
                number: 2, made: ReportSite.time(100), form: .json, content: ReportSeal.digest(of: report.text),
                previous: previous)
            let text = "{\"report\":\(report.text),\"seal\":\(try JSONOutput.line(seal))}"
            let forged = [files[0], ("2.json", text), files[2]]
            #expect(Self.states(forged, nil) == ["1 good", "2 good", "3 broken"])
            #expect(Self.states(forged, register).first { $0.hasPrefix("2") } == "2 broken")
            #expect(Self.states(files + [("other.json", text)], nil).contains("2 twice"))
        }
    }

    @Test("what is no report is said to be none", arguments: ["", "{}", "[1]", #"{"report":{},"seal":{}}"#])
    func unreadable(text: String) {
        #expect(Self.states([("x.json", text)], nil) == ["0 unreadable"])
    }

    @Test("one that was only looked at is no matter, as long as the register has not been changed")
    func otherForms() async throws {
        try await ReportSite.withSmallCity { site in
            var files: [(name: String, text: String)] = []
            for form in [ReportForm.json, .text, .html, .json] {
                let report = try await site.report(ReportArguments(form: form))
                if form == .json { files.append(("\(report.seal.number).json", try report.json())) }
            }
            let audit = try SQLiteAudit(reading: site.configuration.auditFile)
            var register = try await audit.reports()
            try audit.close()
            #expect(Self.states(files, register) == ["1 good", "2 other form", "3 other form", "4 good"])
            #expect(Self.states(files, nil) == ["1 good", "2 missing", "3 missing", "4 good"])
            // Somebody says of a report that he removed that it was only looked at.
            #expect(Self.states(Array(files.prefix(1)), register).last == "4 missing")
            register[3].form = "text"
            #expect(Self.states(Array(files.prefix(1)), register).last == "4 broken")
        }
    }
}
