import Lockstep
import Testing

@testable import LockstepHTTP

@Suite("What a receiver checks of a request")
struct WebhookVerifierTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    private static let sent: Int64 = 1_614_265_330
    private static let now = Timestamp(microseconds: sent * 1_000_000)
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    /// The example of Standard Webhooks.
    private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private static func request(
        _ signature: String = signature, time: String = "\(sent)", body: [UInt8] = body
    ) -> WebhookRequest {
        WebhookRequest(
            headers: [
                ("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("Webhook-Timestamp", time),
                ("Webhook-Signature", signature),
            ], body: body)
    }

    private static func verifier(_ secrets: String...) throws -> WebhookVerifier {
        WebhookVerifier(secrets: try secrets.map { text throws(LockstepError) in try WebhookSecret(text) })
    }

    @Test("the example of Standard Webhooks passes, with either of two secrets, and among other signatures")
    func passes() throws {
        #expect(try Self.verifier(Self.secret).verify(Self.request(), at: Self.now) == Self.now)
        #expect(try Self.verifier(Self.other, Self.secret).verify(Self.request(), at: Self.now) == Self.now)
        let several = Self.request("v1a,abc v1,AAAA \(Self.signature)")
        #expect(try Self.verifier(Self.secret).verify(several, at: Self.now) == Self.now)
    }

    @Test(
        "what is not signed, or by somebody else, or not as it came",
        arguments: [
            request(""), request("v1,"), request("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            request("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), request(body: body + [0x20]), request(body: []),
            request(time: "\(sent + 1)"), request(time: "-\(sent)"), request(time: "1e9"), request(time: ""),
            request(time: "99999999999999999999"),
            WebhookRequest(headers: [], body: body),
            WebhookRequest(headers: request().headers + [("webhook-id", "two")], body: body),
        ])
    func refused(_ request: WebhookRequest) throws {
        let verifier = try Self.verifier(Self.secret)
        let error = #expect(throws: WebhookRejection.self) { try verifier.verify(request, at: Self.now) }
        #expect(error?.status == 401)
        #expect(throws: WebhookRejection.self) { try Self.verifier(Self.other).verify(Self.request(), at: Self.now) }
        #expect(throws: WebhookRejection.self) { try Self.verifier().verify(Self.request(), at: Self.now) }
    }

    @Test(
        "what was sent more than five minutes ago, or is ahead by as much, is refused", arguments: [-1, 1] as [Int64])
    func tolerance(_ sign: Int64) throws {
        let verifier = try Self.verifier(Self.secret)
        func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (Self.sent + sign * seconds) * 1_000_000) }
        #expect(try verifier.verify(Self.request(), at: at(300)) == Self.now)
        #expect(throws: WebhookRejection.self) { try verifier.verify(Self.request(), at: at(301)) }
    }

    @Test("an event is the same in both modes, after the way through an adapter's request")
    func modes() throws {
        let change = Change(
            subject: try Subject("permit/ä \"1\" 100%"), version: try Version("0190c5a2b3c40000-core"),
            data: ["status": "Issued"], types: ["permit.issued"])
        func received(_ mode: WebhookOptions.Mode, _ change: Change) throws -> Event {
            let message = try WebhookMessage(change, mode: mode)
            return try WebhookRequest(
                headers: message.headers(at: Self.now, secrets: []), body: message.body
            ).event(allowingBinary: mode == .binary)
        }
        let structured = try received(.structured, change)
        #expect(structured == (try received(.binary, change)))
        #expect(structured.subject == change.subject && structured.data == change.data)
        var deleted = change
        deleted.data = nil
        #expect(try received(.binary, deleted).operation == .delete)
        #expect(try received(.structured, deleted) == (try received(.binary, deleted)))
    }

    @Test("what is no single event in JSON")
    func others() throws {
        let event = #"{"specversion":"1.0","id":"1","source":"core","type":"a.b","subject":"a/1","data":{}}"#
        func status(
            _ headers: [(name: String, value: String)], _ body: String = event, allowingBinary: Bool = true
        ) -> Int? {
            do {
                let request = WebhookRequest(headers: headers, body: Array(body.utf8))
                _ = try request.event(allowingBinary: allowingBinary)
                return nil
            } catch { return error.status }
        }
        let binary: [(name: String, value: String)] = [
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "core"), ("ce-type", "a.b"), ("ce-subject", "a/1"),
            ("ce-time", "2024-07-18T09:12:44Z"), ("content-type", "application/json"),
        ]
        #expect(status(binary, "{}") == nil)
        #expect(status(binary, "{}", allowingBinary: false) == 415, "what is not signed is not believed")
        #expect(status(binary + [("ce-id", "2")], "{}") == 400)
        #expect(status(binary + [("ce-note", "%zz")], "{}") == 400)
        #expect(status(binary + [("content-encoding", "gzip")], "{}") == 415)
        #expect(status(binary, "[]") == 400)
        #expect(status([("content-type", "application/cloudevents+json")]) == 400, "neither time nor version")
        #expect(status([("content-type", "application/cloudevents-batch+json")], "[\(event)]") == 415)
        #expect(status([("content-type", "application/cloudevents+avro")]) == 415)
        #expect(status([("content-type", "application/json")]) == 415)
        #expect(status([("content-type", "text/plain"), ("ce-specversion", "1.0")]) == 415)
        #expect(status([]) == 415)
    }
}
