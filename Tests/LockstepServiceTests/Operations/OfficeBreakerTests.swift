import Lockstep
import LockstepService
import Testing

@Suite("The breaker of an office, as it is shown")
struct OfficeBreakerTests {
    private let now = Timestamp(microseconds: 1_720_000_000_000_000)

    @Test("closed: nothing more is to be said")
    func closed() throws {
        let breaker = OfficeBreaker(BreakerReport(since: now), at: now.advanced(by: .seconds(90)))
        #expect(
            try JSONOutput.line(row(breaker)).contains(
                #""breaker":{"nextProbe":null,"reason":null,"since":"2024-07-03T09:46:40Z","state":"closed"}"#))
        #expect(table(breaker).contains(" closed\n"))
    }

    @Test("open: since when, when it is tried again, and why")
    func open() throws {
        let report = BreakerReport(
            since: now, reason: "the webhook answered 503", nextProbe: now.advanced(by: .seconds(100)))
        let breaker = OfficeBreaker(report, at: now.advanced(by: .seconds(88)))
        #expect(breaker.state == "open")
        #expect(breaker.nextProbe == "2024-07-03T09:48:20Z")
        #expect(table(breaker).contains("open for 1 m 28 s, tried again in 12 s: the webhook answered 503\n"))
        let later = OfficeBreaker(report, at: now.advanced(by: .seconds(100)))
        #expect(later.state == "half-open")
        #expect(table(later).contains("half-open for 1 m 40 s: the webhook answered 503\n"))
    }

    @Test("unknown, where nobody works or somebody does elsewhere")
    func unknown() throws {
        #expect(table(nil).contains(" -\n"))
    }

    private func row(_ breaker: OfficeBreaker?) -> OfficeRow {
        OfficeRow(
            office: "ward-3", ready: 0, unacknowledged: 0, waiting: 0, dead: 0, consumers: 1, rateIn: 0, rateOut: 0,
            breaker: breaker)
    }

    private func table(_ breaker: OfficeBreaker?) -> String { TextTable.text([row(breaker)], width: nil) }
}
