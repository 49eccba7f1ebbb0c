import Lockstep
import Testing

struct PublicationCodecTests {
    private static func report() throws -> PublicationReport {
        func entry(_ name: String, _ outcome: PublishOutcome, scope: String? = nil) throws -> PublicationReport.Entry {
            PublicationReport.Entry(
                event: try EventID(name), source: try Origin("urn:x/ä"), type: try EventType("permit.issued"),
                scope: try scope.map { try Scope($0) }, subject: try Subject("permit/\"24\""),
                version: try Version("0190c5a2b3c40001-core"), outcome: outcome)
        }
        var waited = try entry("d", .confirmed)
        waited.acceptedAt = Timestamp(microseconds: 1_719_990_000_000_000)
        return PublicationReport(
            acceptedAt: Timestamp(microseconds: 1_720_000_000_250_000),
            at: Timestamp(microseconds: 1_720_000_000_260_001),
            entries: [
                try entry("a", .confirmed, scope: "ward-3"), try entry("b", .unrouted),
                try entry("c", .refused("full, \u{1}\n")), waited,
            ])
    }

    @Test
    func everyOutcomeComesBackAsItWas() throws {
        let report = try Self.report()
        #expect(try PublicationCodec.report(fromJSON: PublicationCodec.json(report)) == report)
    }

    @Test
    func anEventThatWaitedWasAcceptedWhenItWasWritten() throws {
        let report = try Self.report()
        let states = report.entries.map { PublicationState($0, in: report) }
        #expect(states[0].acceptedAt == report.acceptedAt)
        #expect(states[3].acceptedAt == Timestamp(microseconds: 1_719_990_000_000_000))
    }

    @Test
    func anEmptyReportComesBack() throws {
        let time = Timestamp(microseconds: 0)
        let report = PublicationReport(acceptedAt: time, at: time, entries: [])
        #expect(try PublicationCodec.report(fromJSON: PublicationCodec.json(report)) == report)
    }

    @Test
    func namesOfLaterReleasesArePassedOver() throws {
        let json = """
            {"more":[],"accepted":"2026-03-01T08:00:00Z","at":"2026-03-01T08:00:00Z","publications":[{"event":"e",
             "new":1,"source":"core","type":"a","subject":"s","version":"0190c5a2b3c40000-core","outcome":"confirmed"}]}
            """
        #expect(try PublicationCodec.report(fromJSON: Array(json.utf8)).entries.map(\.event.text) == ["e"])
    }

    @Test(arguments: [
        "accepted", "at", "publications", "event", "source", "type", "subject", "version", "outcome", "reason",
    ])
    func whatIsMissingIsNamed(member: String) throws {
        let json = String(decoding: PublicationCodec.json(try Self.report()), as: UTF8.self)
        let broken = json.replacing("\"\(member)\":", with: "\"xx\":")
        let error = #expect(throws: LockstepError.self) { try PublicationCodec.report(fromJSON: Array(broken.utf8)) }
        #expect(error?.code == .invalidReceipt)
        #expect(error?.message.contains("'\(member)'") == true)
    }
}
