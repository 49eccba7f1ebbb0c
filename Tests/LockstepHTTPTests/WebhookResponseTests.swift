import Lockstep
import Testing

@testable import LockstepHTTP

@Suite("What a webhook's answer means")
struct WebhookResponseTests {
    /// 1994-11-06T08:49:37Z.
    private static let now = Timestamp(microseconds: 784_111_777_000_000)

    @Test("only 2xx is success", arguments: [200, 201, 202, 204, 299])
    func success(_ status: Int) {
        #expect(WebhookResponse(status: status).outcome(at: Self.now) == .applied)
    }

    @Test("what may pass is tried again", arguments: [408, 409, 425, 429, 500, 502, 503, 504, 599])
    func transient(_ status: Int) {
        #expect(WebhookResponse(status: status).outcome(at: Self.now) == .failed("the webhook answered \(status)"))
    }

    @Test("who says when gets that time: for this change, or for all where there is too much to do")
    func retryAfter() {
        for status in [408, 409, 425, 500, 502, 504] {
            #expect(
                WebhookResponse(status: status, retryAfter: "30").outcome(at: Self.now) == .later(after: .seconds(30)))
        }
        for status in [429, 503] {
            #expect(
                WebhookResponse(status: status, retryAfter: "86400").outcome(at: Self.now)
                    == .busy(for: .seconds(3600), "the webhook answered \(status) and asked for a pause"))
        }
    }

    @Test(
        "what never works is refused",
        arguments: [400, 401, 403, 404, 405, 413, 422, 451, 300, 301, 302, 307, 308])
    func permanent(_ status: Int) {
        let response = WebhookResponse(status: status, retryAfter: "30")
        #expect(!response.outcome(at: Self.now).mayPass)
        #expect(response.outcome(at: Self.now) != .applied)
        #expect(response.outcome(at: Self.now) != .later(after: .seconds(30)))
    }

    @Test("a subscriber that is gone is named")
    func gone() {
        #expect(
            WebhookResponse(status: 410).outcome(at: Self.now)
                == .gone("the webhook answered 410: the subscriber is gone"))
    }

    @Test(
        "Retry-After in all its forms, within a second and an hour",
        arguments: [
            ("120", 120), (" 5\t", 5), ("0", 1), ("1", 1), ("3600", 3600), ("3601", 3600), ("1000000000", 3600),
            ("99999999999999999999999999", 3600),
            ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
            ("Sun Nov  6 08:50:37 1994", 60), ("Sun, 06 Nov 1994 08:49:37 GMT", 1),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 3600), ("Sunday, 06-Nov-50 08:50:37 GMT", 3600),
        ])
    func retryAfter(_ text: String, _ seconds: Int) {
        #expect(RetryAfter.duration(text, at: Self.now) == .seconds(seconds))
    }

    @Test(
        "what is neither seconds nor a date counts for nothing",
        arguments: [
            "", " ", "-1", "+5", "1.5", "soon", "1e3", "0x10", "12 13", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "٣",
        ])
    func garbage(_ text: String) {
        #expect(RetryAfter.duration(text, at: Self.now) == nil)
        #expect(
            WebhookResponse(status: 503, retryAfter: text).outcome(at: Self.now) == .failed("the webhook answered 503"))
    }
}
