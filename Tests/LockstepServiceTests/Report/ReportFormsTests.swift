import Foundation
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepService

/// Reports as tables for spreadsheets and as pages.
@Suite("Forms of reports", .timeLimit(.minutes(1)))
struct ReportFormsTests {
    @Test(
        "a field is quoted where it needs quotes (RFC 4180)",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""),
            ("a\r\nb", "\"a\r\nb\""), (" a", "\" a\""), ("", ""), ("\"", "\"\"\"\""),
        ])
    func quoted(field: String, expected: String) {
        #expect(CSVText.quoted(field) == expected)
    }

    @Test(
        "no text is a formula to a spreadsheet; numbers stay numbers",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    func formulas(text: String) {
        #expect(CSVText.cell(.text(text)) == "'" + text)
        #expect(CSVText.cell(.number(-1)) == "-1")
        #expect(CSVText.cell(.text("a=1")) == "a=1")
    }

    /// Fields by row, read by a reader of its own.
    private static func fields(_ csv: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var characters = csv.unicodeScalars.map(Character.init)[...]
        while let character = characters.popFirst() {
            if isQuoted {
                if character == "\"", characters.first == "\"" {
                    field.append("\"")
                    characters.removeFirst()
                } else if character == "\"" {
                    isQuoted = false
                } else {
                    field.append(character)
                }
            } else if character == "\"" {
                isQuoted = true
            } else if character == "," || character == "\r" {
                rows[rows.count - 1].append(field)
                field = ""
                if character == "\r", characters.popFirst() == "\n" { rows.append([]) }
            } else {
                field.append(character)
            }
        }
        return rows.dropLast()
    }

    private static func withHostileNames(_ body: (SealedReport) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = Configuration(state: directory)
            configuration.offices = [try ReportSite.office("ward-3", "#")]
            let site = ReportSite(configuration: configuration)
            let formula = try ReportSite.event(1, "permit.issued", "=HYPERLINK(\"http://x\",\"y\")")
            let script = try ReportSite.event(2, "permit.issued", "<script>alert('1')</script>&\u{202E}")
            try await site.published(formula, script)
            try await site.said(
                "ward-3", at: 3, .dead(reason: "-1, \"no\"\nday <b>"), of: formula, script)
            try await body(try await site.report())
        }
    }

    @Test("every row has every column, and what stands in records changes neither")
    func csv() async throws {
        try await Self.withHostileNames { sealed in
            let rows = Self.fields(sealed.csv)
            #expect(Set(rows.map(\.count)).count == 1)
            let header = try #require(rows.first)
            #expect(header.prefix(4) == ["Table", "Office", "Records", "In step"])
            #expect(Set(header).count == header.count)
            let record = try #require(header.firstIndex(of: "Record"))
            let why = try #require(header.firstIndex(of: "Why"))
            let dead = rows.filter { $0[0] == "dead letters" }
            #expect(dead.map { $0[record] }.sorted().last == "<script>alert('1')</script>&\u{202E}")
            #expect(dead.map { $0[record] }.contains("'=HYPERLINK(\"http://x\",\"y\")"))
            #expect(dead.allSatisfy { $0[why] == "'-1, \"no\"\nday <b>" })
            #expect(rows.last?[1] == "digest: \(sealed.seal.digest)")
        }
    }

    @Test("on the page, what stands in records is never markup, and nothing is fetched")
    func html() async throws {
        try await Self.withHostileNames { sealed in
            let html = sealed.html
            #expect(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{FFFD}"))
            #expect(!html.contains("<script") && !html.contains("<b>") && !html.contains("\u{202E}"))
            #expect(html.contains("=HYPERLINK(&quot;http://x&quot;,&quot;y&quot;)"))
            for reference in ["src=", "href=", "url(", "@import", "<link", "<img"] {
                #expect(!html.contains(reference), "\(reference)")
            }
            #expect(html.contains("default-src 'none'"))
            #expect(html.contains(sealed.seal.digest))
        }
    }

    /// Programs rely on these keys: a change here breaks them.
    @Test("for programs, each office is an object with all its keys, known or null")
    func json() async throws {
        #expect(
            try JSONOutput.line(ReportOffice(office: "ward-3", configured: true)) == """
                {"behind":0,"compared":0,"configured":true,"conflictsDecided":null,"conflictsOpen":null,\
                "conflictsSettled":null,"dead":0,"deadSince":null,"different":0,"inStep":0,"office":"ward-3",\
                "oldestAgeSeconds":null,"oldestRecord":null,"oldestSince":null,"records":0,"silent":0,\
                "source":"nothing","waiting":0}

                """)
        try await Self.withHostileNames { sealed in
            let whole = try JSONObject(parsing: try sealed.json())
            #expect(whole.fields.map(\.name) == ["report", "seal"])
            let report = try JSONObject(parsing: try #require(whole["report"]).text)
            #expect(
                report.fields.map(\.name) == [
                    "about", "actions", "asOf", "changes", "conflicts", "deadLetters", "differences", "history",
                    "notes",
                    "offices", "omitted",
                ])
            let seal = try JSONObject(parsing: try #require(whole["seal"]).text)
            #expect(seal.fields.map(\.name) == ["content", "digest", "form", "made", "number", "previous"])
        }
    }
}
