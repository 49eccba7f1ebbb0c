import Foundation
import Lockstep
import LockstepTesting
import Logging
import Testing

@testable import LockstepHTTP

@Suite("A webhook that wants events", .timeLimit(.minutes(1)))
struct WebhookEventsTests {
    private static func event(_ operation: EventOperation = .merge, id: String = "0190c5a2-b3c4") throws -> Event {
        Event(
            id: try EventID(id), source: try Origin("core"), type: try EventType("permit.issued"),
            subject: try Subject("permit/1"), time: Timestamp(microseconds: 1_721_294_000_000_000),
            scope: try Scope("ward-3"), version: try Version("0190c5a2b3c40000-core"), operation: operation,
            data: operation == .delete ? [:] : ["status": "Issued"],
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", extensions: ["priority": "high"])
    }

    @Test("is posted the event as it was published, under its own id")
    func structured() throws {
        let event = try Self.event()
        let message = try WebhookMessage(Change(event), mode: .structured)
        #expect(message.id == "0190c5a2-b3c4")
        #expect(try EventCodec.draft(fromJSON: message.body, strict: true).received() == event)
    }

    @Test("in binary mode its attributes are headers and its data is the body")
    func binary() throws {
        let message = try WebhookMessage(Change(try Self.event()), mode: .binary)
        let headers = Dictionary(uniqueKeysWithValues: message.headers.map { ($0.name, $0.value) })
        #expect(headers["ce-type"] == "permit.issued" && headers["ce-scope"] == "ward-3")
        #expect(headers["ce-priority"] == "high" && headers["ce-recordversion"] == "0190c5a2b3c40000-core")
        #expect(headers["content-type"] == "application/json")
        #expect(String(decoding: message.body, as: UTF8.self) == #"{"status":"Issued"}"#)
        let deleted = try WebhookMessage(Change(try Self.event(.delete)), mode: .binary)
        #expect(deleted.body.isEmpty && !deleted.headers.contains { $0.name == "content-type" })
        #expect(deleted.headers.contains { $0.name == "ce-operation" && $0.value == "delete" })
    }

    @Test("an id that no header can hold is encoded")
    func strangeID() throws {
        let message = try WebhookMessage(Change(try Self.event(id: "å 1")), mode: .structured)
        #expect(message.id == "%C3%A5%201")
    }

    @Test("says so, and 410 is no word on one change")
    func gone() async throws {
        try await withScriptedHTTPServer { request in
            request.number == 2 ? .status(410) : .status(204)
        } body: { server in
            var options = WebhookOptions()
            options.allowPrivateAddresses = true
            options.content = .events
            options.concurrency = 1
            let adapter = try WebhookAdapter(url: server.url, options: options)
            #expect(adapter.wants == .events)
            let context = AdapterContext(
                office: try OfficeName("ward-3"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let changes = try (1...4).map { Change(try Self.event(id: "\($0)")) }
            let gone = ApplyOutcome.gone("the webhook answered 410: the subscriber is gone")
            #expect(try await adapter.apply(changes, in: context) == [.applied, gone, gone, gone])
            #expect(server.requests.count == 2)
        }
    }
}
