import Foundation
import Lockstep
import LockstepTesting
import Logging
import Testing

@testable import LockstepHTTP

@Suite("A webhook as an office's own system", .timeLimit(.minutes(2)))
struct WebhookAdapterTests {
    private static let context: AdapterContext = {
        guard let office = try? OfficeName("ward-3") else { preconditionFailure("it is a name") }
        return AdapterContext(office: office, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }()

    private static func options(_ timeout: Duration = .seconds(10)) -> WebhookOptions {
        var options = WebhookOptions()
        options.allowPrivateAddresses = true
        options.timeout = timeout
        return options
    }

    private static func change(_ number: Int = 1, data: JSONObject? = ["status": "Issued"]) throws -> Change {
        Change(
            subject: try Subject("permit/ä \(number)"), version: try Version("0190c5a2b3c40000-core"), data: data,
            types: ["permit.created", "permit.issued"])
    }

    private static func apply(
        _ changes: [Change], to server: ScriptedHTTPServer, _ options: WebhookOptions = options()
    ) async throws -> [ApplyOutcome] {
        try await WebhookAdapter(url: server.url, options: options).apply(changes, in: context)
    }

    @Test("posts the newest state as a signed event")
    func structured() async throws {
        try await withScriptedHTTPServer { server in
            var options = Self.options()
            let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            options.secrets = [secret]
            #expect(try await Self.apply([try Self.change()], to: server, options) == [.applied])
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.path == "/callback")
            #expect(request.headers["content-type"] == "application/cloudevents+json; charset=utf-8")
            let event = try EventCodec.draft(fromJSON: request.body, strict: true).received()
            #expect(event.subject.text == "permit/ä 1")
            #expect(event.type.text == "lockstep.record.changed")
            #expect(event.operation == .replace)
            #expect(event.version.description == "0190c5a2b3c40000-core")
            #expect(event.data == ["status": "Issued"])
            #expect(event.extensions == ["recordtypes": "permit.created,permit.issued"])
            let id = try #require(request.headers["webhook-id"])
            let timestamp = try #require(request.headers["webhook-timestamp"].flatMap { Int64($0) })
            #expect(event.id.text == id)
            #expect(abs(Double(timestamp) - Date().timeIntervalSince1970) < 60)
            #expect(
                request.headers["webhook-signature"]
                    == secret.signature(id: id, timestamp: timestamp, body: request.body))
        }
    }

    @Test("in binary mode the record is the body, and attributes are headers that hold what they must encode")
    func binary() async throws {
        try await withScriptedHTTPServer { server in
            var options = Self.options()
            options.mode = .binary
            options.concurrency = 1
            let changes = [try Self.change(), try Self.change(2, data: nil)]
            #expect(try await Self.apply(changes, to: server, options) == [.applied, .applied])
            let changed = server.requests[0]
            #expect(String(decoding: changed.body, as: UTF8.self) == #"{"status":"Issued"}"#)
            #expect(changed.headers["content-type"] == "application/json")
            #expect(changed.headers["ce-subject"] == "permit/%C3%A4%201")
            #expect(changed.headers["ce-specversion"] == "1.0")
            #expect(changed.headers["webhook-signature"] == nil)
            let deleted = server.requests[1]
            #expect(deleted.headers["ce-type"] == "lockstep.record.deleted")
            #expect(deleted.body.isEmpty && deleted.headers["content-type"] == nil)
        }
    }

    @Test("the same state has the same id each time, another state another one")
    func ids() throws {
        let message = try WebhookMessage(try Self.change(), mode: .structured)
        #expect(message.id == (try WebhookMessage(try Self.change(), mode: .binary)).id)
        #expect(message.id != (try WebhookMessage(try Self.change(2), mode: .structured)).id)
        // An older change of another field that came late leaves the version as it is.
        #expect(message.id != (try WebhookMessage(try Self.change(data: ["a": 1]), mode: .structured)).id)
    }

    @Test("each change has its own outcome, and the connections are kept")
    func outcomes() async throws {
        let script: ScriptedHTTPServer.Script = { request in
            switch (try? EventCodec.draft(fromJSON: request.body))?.subject.text.last {
            case "3": .status(503)
            case "4": .status(422, body: "no")
            case "5": .status(409, headers: ["Retry-After": "30"])
            case "6": .status(302, headers: ["Location": "http://127.0.0.1:1/"])
            default: .status(204)
            }
        }
        try await withScriptedHTTPServer(script) { server in
            var options = Self.options()
            options.concurrency = 1
            let outcomes = try await Self.apply(try (1...6).map { try Self.change($0) }, to: server, options)
            #expect(outcomes[0] == .applied && outcomes[1] == .applied)
            #expect(outcomes[2] == .failed("the webhook answered 503"))
            #expect(outcomes[3] == .refused("the webhook answered 422"))
            #expect(outcomes[4] == .later(after: .seconds(30)))
            #expect(!outcomes[5].mayPass && outcomes[5] != .applied)
            #expect(server.requests.count == 6, "a redirect is not followed")
            #expect(server.connections == 1)
        }
    }

    @Test(
        "a server that misbehaves costs no more than the time it is given, and the change is tried again",
        arguments: [
            ScriptedHTTPServer.Answer.never, .byteByByte(milliseconds: 100), .reset, .raw("SSH-2.0-OpenSSH_9.2\r\n"),
            .raw(""),
        ])
    func misbehaviour(_ answer: ScriptedHTTPServer.Answer) async throws {
        try await withScriptedHTTPServer { _ in
            answer
        } body: { server in
            let start = ContinuousClock.now
            let outcomes = try await Self.apply([try Self.change()], to: server, Self.options(.milliseconds(500)))
            #expect(outcomes.map(\.mayPass) == [true], "\(outcomes)")
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("the status decides: a body without an end, or of 200 MB, is dropped")
    func bodies() async throws {
        for answer in [ScriptedHTTPServer.Answer.endless, .flood(200, bytes: 200 << 20)] {
            try await withScriptedHTTPServer { _ in
                answer
            } body: { server in
                let outcomes = try await Self.apply([try Self.change()], to: server)
                #expect(outcomes == [.applied])
                #expect(server.floodedBytes < 100 << 20)
            }
        }
    }

    @Test("a body that is slower than the time for an answer does not undo the answer")
    func slowBody() async throws {
        try await withScriptedHTTPServer { _ in
            .endless
        } body: { server in
            // The rest of the answer is waited for by a second.
            let outcomes = try await Self.apply([try Self.change()], to: server, Self.options(.milliseconds(700)))
            #expect(outcomes == [.applied])
        }
    }

    @Test("one that is too busy is not asked again for the rest of the batch", arguments: [429, 503])
    func busy(_ status: Int) async throws {
        try await withScriptedHTTPServer { request in
            request.number == 1 ? .status(204) : .status(status, headers: ["Retry-After": "30"])
        } body: { server in
            var options = Self.options()
            options.concurrency = 1
            let outcomes = try await Self.apply(try (1...20).map { try Self.change($0) }, to: server, options)
            let busy = ApplyOutcome.busy(for: .seconds(30), "the webhook answered \(status) and asked for a pause")
            #expect(outcomes == [.applied] + Array(repeating: busy, count: 19))
            #expect(server.requests.count == 2)
        }
    }

    @Test("a webhook that is down is asked twice, not once for each record")
    func down() async throws {
        try await withScriptedHTTPServer { _ in
            .status(500)
        } body: { server in
            var options = Self.options()
            options.concurrency = 2
            let outcomes = try await Self.apply(try (1...50).map { try Self.change($0) }, to: server, options)
            #expect(outcomes == Array(repeating: .failed("the webhook answered 500"), count: 50))
            #expect(server.requests.count <= 3)
        }
    }

    @Test("nobody listens: tried again")
    func refusedConnection() async throws {
        let port = try await withScriptedHTTPServer { $0.port }
        let adapter = try WebhookAdapter(url: "http://127.0.0.1:\(port)/", options: Self.options())
        let start = ContinuousClock.now
        let outcomes = try await adapter.apply([try Self.change()], in: Self.context)
        #expect(outcomes.map(\.mayPass) == [true])
        #expect(ContinuousClock.now - start < .seconds(12))
    }

    @Test("a name that leads to this machine is not asked")
    func rebinding() async throws {
        try await withScriptedHTTPServer { server in
            let adapter = try WebhookAdapter(url: "http://localhost:\(server.port)/")
            let outcomes = try await adapter.apply([try Self.change()], in: Self.context)
            #expect(outcomes.map(\.mayPass) == [true])
            #expect(server.connections == 0)
        }
    }

    @Test(
        "a dot behind a name of this machine, or its address, changes nothing", arguments: ["localhost.", "127.0.0.1."])
    func trailingDot(_ host: String) async throws {
        try await withScriptedHTTPServer { server in
            // Whether the system takes it for an address, for a name, or for neither: it is not asked.
            guard let adapter = try? WebhookAdapter(url: "http://\(host):\(server.port)/") else { return }
            let outcomes = try await adapter.apply([try Self.change()], in: Self.context)
            #expect(outcomes.map(\.mayPass) == [true])
            #expect(server.connections == 0)
        }
    }

    @Test("a name is not looked up again for the connection: what it leads to by then does not count")
    func pinnedName() async throws {
        try await withScriptedHTTPServer { server in
            // No name server knows it; the address stands for the one that was checked a moment ago.
            let url = try WebhookURL("http://rebound.invalid:\(server.port)/")
            let webhook = try Webhook(url, options: Self.options(), clock: .system)
            let address = try #require(IPAddress("127.0.0.1"))
            let client = PinnedClient(url.host, at: address, options: Self.options())
            let message = try WebhookMessage(try Self.change(), mode: .structured)
            #expect(try await webhook.post(message, over: client) == .applied)
            #expect(server.requests.first?.headers["host"] == "rebound.invalid:\(server.port)")
        }
    }

    @Test("a name is asked at the address that was checked")
    func pinned() async throws {
        try await withScriptedHTTPServer { server in
            let url = try WebhookURL("http://localhost:\(server.port)/")
            let webhook = try Webhook(url, options: Self.options(), clock: .system)
            let client = try await webhook.client()
            guard client.address.description == "127.0.0.1" else { return }
            let outcome = try await webhook.post(try WebhookMessage(try Self.change(), mode: .structured), over: client)
            #expect(outcome == .applied)
            #expect(server.requests.first?.headers["host"] == "localhost:\(server.port)")
        }
    }
}
