import Foundation
import Lockstep
import LockstepHTTP
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

extension SyncEngineTests {
    @Test("a webhook is posted what its office subscribes to, again until it takes it")
    func webhook() async throws {
        try await Self.withPlace { host, directory in
            try await withScriptedHTTPServer { request in
                request.number == 1 ? .status(503) : .status(200)
            } body: { server in
                try await Self.withEngine(host, directory) { engine in
                    var options = WebhookOptions()
                    options.allowPrivateAddresses = true
                    try await engine.subscribe(
                        "NMB-Office-1", to: ["policy.*"], callbackURL: server.url, options: options)
                    try await engine.publish("permit.issued", about: "permit/1", ["a": 1])
                    try await engine.publish("policy.started", about: "policy/YSP-2024", ["start_date": "2024-04-01"])
                    try await eventually("it was posted again") { server.requests.count == 2 }
                    let events = try server.requests.map { try EventCodec.draft(fromJSON: $0.body).received() }
                    #expect(events.map(\.subject.text) == ["policy/YSP-2024", "policy/YSP-2024"])
                    #expect(events.map(\.id) == [events[0].id, events[0].id])
                    #expect(events[0].data == ["start_date": "2024-04-01"])
                }
            }
        }
    }

    @Test("a webhook that wants events is posted each, in order, under its own id, also after one failed")
    func webhookOfEvents() async throws {
        try await Self.withPlace { host, directory in
            try await withScriptedHTTPServer { request in
                request.number == 2 ? .status(503) : .status(200)
            } body: { server in
                try await Self.withEngine(host, directory) { engine in
                    var options = WebhookOptions()
                    options.allowPrivateAddresses = true
                    options.content = .events
                    try await engine.subscribe("NMB", to: ["policy.*"], callbackURL: server.url, options: options)
                    let drafts = try (1...3).map { number in
                        EventDraft(
                            try EventType("policy.changed"), about: try Subject("policy/1"),
                            ["n": .init(integerLiteral: number)])
                    }
                    let sent = try await engine.publish(drafts)
                    try await eventually("all were taken") { server.requests.count >= 4 }
                    let ids = try server.requests.map { try EventCodec.draft(fromJSON: $0.body).received().id }
                    #expect(ids.first == sent[0].id && Set(ids) == Set(sent.map(\.id)))
                    #expect(server.requests.map { $0.headers["webhook-id"] } == ids.map(\.text))
                    let numbers = try server.requests.map {
                        try EventCodec.draft(fromJSON: $0.body).received().data["n"]
                    }
                    #expect(numbers.first == 1)
                }
            }
        }
    }

    @Test("a webhook that is gone is told nothing more, and its queue keeps what comes until it is subscribed anew")
    func webhookThatIsGone() async throws {
        try await Self.withPlace { host, directory in
            try await withScriptedHTTPServer { request in
                request.path == "/gone" ? .status(410) : .status(200)
            } body: { server in
                try await Self.withEngine(host, directory) { engine in
                    var options = WebhookOptions()
                    options.allowPrivateAddresses = true
                    let base = "http://127.0.0.1:\(server.port)"
                    try await engine.subscribe("NMB", to: ["#"], callbackURL: "\(base)/gone", options: options)
                    for number in 1...3 {
                        try await engine.publish("policy.changed", about: "policy/\(number)", ["n": 1])
                    }
                    try await eventually("its queue has all of them, and nobody takes them") {
                        let queue = try await engine.client.inspect(queue: "lockstep.office.NMB")
                        return queue?.consumers == 0 && queue?.messages == 3
                    }
                    let asked = server.requests.count
                    #expect(asked <= 3)
                    try await engine.unregister("NMB")
                    try await engine.subscribe("NMB", to: ["#"], callbackURL: "\(base)/new", options: options)
                    try await eventually("it is told") { server.requests.count == asked + 3 }
                }
            }
        }
    }
}
