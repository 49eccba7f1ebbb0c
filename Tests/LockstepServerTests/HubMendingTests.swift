import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepService
import LockstepTesting
import RabbitMQ
import Testing

/// What the hub lists from the ledger, and what it puts right, with a broker and files behind it.
@Suite("The hub's lists and repairs with a broker and files behind it", .timeLimit(.minutes(5)))
struct HubMendingTests {
    @Test("the ledger's lists are there where a ledger is, and not found where none is")
    func lists() async throws {
        try await HubSite.with { site in
            let description = try #require(try await site.hub.send("GET", "/openapi.json").object)
            let check = AnswerCheck(description)
            let paths = description["paths"] as? [String: [String: [String: Any]]]
            for (query, states) in [
                ("", ["dead", "dead", "waiting", "waiting", "applied", "applied"]),
                ("office=gone&state=dead", ["dead"]),
                ("subject=permit%2F1&state=waiting", ["waiting", "waiting"]), ("subject=permit%2F2", []),
                ("since=2020-01-01T00:00:00Z&state=applied", ["applied", "applied"]),
                ("until=2020-01-01T00:00:00Z", []),
            ] {
                let answer = try await site.send("GET", "/v1/deliveries?\(query)")
                let items = answer.object?["items"] as? [[String: Any]] ?? []
                #expect(items.map { $0["state"] as? String } == states, "\(query): \(answer.text)")
                let request = RequestFuzzer.Request(
                    method: "GET", path: "/v1/deliveries", headers: [], operation: paths?["/v1/deliveries"]?["get"],
                    template: "/v1/deliveries")
                #expect(check.complaint(about: answer, to: request) == nil)
            }
            let first = try await site.send("GET", "/v1/events?limit=2")
            let next = try #require(first.object?["next"] as? String)
            let second = try await site.send("GET", "/v1/events?after=\(next)")
            let events = [first, second].flatMap { $0.object?["items"] as? [[String: Any]] ?? [] }
            #expect(events.map { $0["event"] as? String } == ["e-2", "e-1", "e-0"])
            #expect(events.map { $0["dead"] as? Int } == [2, 0, 0])
            for (query, status) in [("office=nobody", 404), ("after=x", 400), ("after=1%2F1", 400)] {
                #expect(try await site.send("GET", "/v1/deliveries?\(query)").status == status)
            }
            for other in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(at: site.state.appending(path: "ledger.sqlite\(other)"))
            }
            for path in ["/v1/deliveries", "/v1/events"] {
                let answer = try await site.send("GET", path)
                #expect(answer.status == 404 && answer.detail.contains("lockstep ledger"), "\(answer.text)")
            }
        }
    }

    @Test("past events go to an office again as an operator says, who is named for auditors")
    func replays() async throws {
        try await HubSite.with { site in
            let path = "/v1/offices/ward-3/replays"
            let missing = try await site.send("POST", path, #"{"reason":"x"}"#)
            #expect(missing.status == 404 && missing.detail.contains("archive"), "\(missing.text)")
            try await site.client.declare(OfficeTopology.archive(keep: .seconds(3_600), size: 20 << 20))
            let types = ["permit.issued", "permit.finalised", "policy.started"]
            for (number, type) in types.enumerated() {
                _ = try await site.operations.publish(
                    EventDraft(try EventType(type), about: try Subject("permit/\(number)")))
            }
            let queue = BrokerName.queue(of: try OfficeName("ward-3"))
            let before = try #require(try await site.client.inspect(queue: queue)?.messages)
            let counted = try await site.send("POST", path, #"{"rehearse":true,"reason":"x"}"#)
            #expect(counted.object?["sent"] as? Int == 2 && counted.object?["dryRun"] as? Bool == true)
            #expect(try await site.client.inspect(queue: queue)?.messages == before)
            let sent = try await site.send("POST", path, #"{"type":"permit.fin*","about":"permit/*","reason":"lost"}"#)
            #expect(sent.status == 400, "an asterisk stands for a whole word")
            let done = try await site.send(
                "POST", path, #"{"type":"permit.finalised","about":"permit/*","rate":1000,"reason":"lost"}"#)
            #expect(done.status == 200 && done.object?["sent"] as? Int == 1, "\(done.text)")
            #expect(try await site.client.inspect(queue: queue)?.messages == before + 1)
            let action = try #require(try await site.actions().last)
            #expect(action.action == "replayed" && action.person == "admin" && action.count == 1)
            #expect(action.reason?.hasPrefix("lost") == true)
        }
    }

    @Test("a queue that differs is made anew as an administrator says, with what it holds")
    func migrations() async throws {
        try await HubSite.with { site in
            let office = try OfficeName("ward-3")
            let queue = BrokerName.queue(of: office)
            let none = try await site.send("POST", "/v1/topology/migrations", #"{"reason":"x"}"#)
            #expect(none.status == 200 && (none.object?["queues"] as? [Any])?.isEmpty == true, "\(none.text)")
            try await site.client.delete(queue: queue)
            var older = OfficeTopology.office(site.operations.configuration.offices[0])
            older.queues.removeAll { $0.name == queue }
            older.queues.append(Queue(name: queue, arguments: ["x-queue-type": "quorum", "x-delivery-limit": 7]))
            try await site.client.declare(older)
            let message = Message(body: Array("{}".utf8), properties: MessageProperties(messageID: "kept"))
            #expect(try await site.client.publish(message, to: "", routingKey: queue) == .confirmed)
            let other = try await site.send("POST", "/v1/topology/migrations", #"{"office":"ward-33","reason":"x"}"#)
            #expect(other.status == 404)
            // Of two at once one waits, for a while, and finds nothing left to do.
            let asked = #"{"office":"ward-3","reason":"a newer release"}"#
            async let one = site.send("POST", "/v1/topology/migrations", asked)
            async let two = site.send("POST", "/v1/topology/migrations", asked)
            let answers = try await [one, two]
            #expect(answers.contains { $0.status == 200 } && answers.allSatisfy { [200, 503].contains($0.status) })
            let queues = answers.flatMap { $0.object?["queues"] as? [[String: Any]] ?? [] }
            #expect(queues.map { $0["queue"] as? String } == [queue], "\(answers.map(\.text))")
            #expect(try await site.client.inspect(queue: queue)?.messages == 1)
            #expect(try await site.operations.topologyPlan().allSatisfy { !$0.isDifferent })
            let action = try #require(try await site.actions().last)
            #expect(action.action == "migrated" && action.target == queue && action.person == "admin")
            #expect(action.reason == "a newer release")
        }
    }
}
