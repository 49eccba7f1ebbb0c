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
}
