import Lockstep
import LockstepTesting
import Logging
import Testing

@testable import LockstepHTTP

@Suite("What a webhook would be sent", .timeLimit(.minutes(1)))
struct WebhookRehearsalTests {
    private static func rehearse(
        _ url: String, _ change: (inout WebhookOptions) throws -> Void = { _ in }
    ) async throws -> Rehearsal {
        var options = WebhookOptions()
        options.allowPrivateAddresses = true
        try change(&options)
        let asked = Change(
            subject: try Subject("permit/1"), version: try Version("0190c5a2b3c40000-core"), data: ["what": "secret"],
            types: ["permit.issued"])
        let context = AdapterContext(
            office: try OfficeName("ward-3"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let answers = try await WebhookAdapter(url: url, options: options).rehearse([asked], in: context)
        return try #require(answers.first)
    }

    @Test("is made and not sent, nor is permission asked")
    func notSent() async throws {
        try await withScriptedHTTPServer { server in
            let plain = try await Self.rehearse(server.url) { $0.asksPermission = true }
            #expect(plain.word == .wouldApply)
            #expect(plain.reason?.contains("not signed") == true)
            #expect(plain.reason?.contains("once it is permitted") == true)
            let signed = try await Self.rehearse(server.url) {
                $0.secrets = [try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
                $0.mode = .binary
            }
            // The body is the record alone.
            #expect(signed.reason?.hasPrefix("it would post 17 bytes and ") == true, "\(signed)")
            #expect(signed.reason?.contains("headers, signed, to http://127.0.0.1") == true, "\(signed)")
            #expect(signed.reason?.contains("callback") == false, "a path may be secret")
            #expect(signed.reason?.contains("secret") == false && signed.reason?.contains("whsec") == false)
            #expect(server.requests.isEmpty)
        }
    }

    @Test("is refused where the address may not be asked, and unknown where there is none")
    func addresses() async throws {
        let local = try await Self.rehearse("http://localhost:1/hook") { $0.allowPrivateAddresses = false }
        #expect(local.word == .wouldRefuse)
        #expect(local.reason?.contains("is not public") == true, "\(local)")
        let nowhere = try await Self.rehearse("http://nowhere.invalid/hook")
        #expect(nowhere == .cannotSay("the webhook's host is not known"))
    }

    @Test("is refused while the receiver's refusal of permission counts")
    func refusedPermission() async throws {
        try await withScriptedHTTPServer { request in
            request.method == "OPTIONS" ? .status(403) : .status(200)
        } body: { server in
            var options = WebhookOptions()
            options.allowPrivateAddresses = true
            options.asksPermission = true
            let adapter = try WebhookAdapter(url: server.url, options: options)
            let change = Change(
                subject: try Subject("permit/1"), version: try Version("0190c5a2b3c40000-core"), data: ["a": 1],
                types: [])
            let context = AdapterContext(
                office: try OfficeName("ward-3"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            _ = try await adapter.apply([change], in: context)
            let answers = try await adapter.rehearse([change], in: context)
            #expect(answers.map(\.word) == [.wouldRefuse])
            #expect(server.requests.map(\.method) == ["OPTIONS"])
        }
    }
}
