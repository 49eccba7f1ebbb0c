import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// What takes long is done while nobody waits for it.
@Suite("What goes on while nobody waits for it", .timeLimit(.minutes(3)))
struct HubLongOperationsTests {
    private static let letters = "/v1/offices/ward-3/dead-letters"

    /// Makes so many dead letters more than the one that is there.
    private static func fill(_ site: HubSite, _ count: Int) async throws {
        for number in 2..<(count + 2) {
            let letter = Message(body: Array("{}".utf8), properties: MessageProperties(messageID: "letter-\(number)"))
            let outcome = try await site.client.publish(letter, to: "lockstep.dead", routingKey: "ward-3")
            #expect(outcome == .confirmed)
        }
    }

    private static func begin(_ site: HubSite, _ path: String, _ body: String) async throws -> HubClient.Answer {
        try await site.hub.send(
            "POST", path,
            headers: [
                ("Authorization", "Bearer \(site.secrets["admin"] ?? "")"), ("Content-Type", "application/json"),
                ("Prefer", "wait=1, respond-async"),
            ], body: Array(body.utf8))
    }

    /// An operation when it is as it should be.
    private static func operation(
        _ site: HubSite, _ path: String, until what: String, _ isSo: ([String: Any]) -> Bool
    ) async throws -> [String: Any] {
        var object: [String: Any] = [:]
        try await eventually("the operation is \(what)", within: .seconds(30)) {
            object = try await site.send("GET", path).object ?? [:]
            return isSo(object)
        }
        return object
    }

    @Test("is answered at once, shows how far it is, and what came of it")
    func done() async throws {
        try await HubSite.with { site in
            try await Self.fill(site, 4)
            let body = #"{"all":true,"rate":10,"reason":"mended"}"#
            let answer = try await Self.begin(site, Self.letters + "/replay", body)
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.header("preference-applied") == "respond-async")
            #expect(answer.object?["state"] as? String == "running")
            let path = try #require(answer.header("location"))
            let done = try await Self.operation(site, path, until: "done") { $0["state"] as? String == "done" }
            #expect((done["result"] as? [String: Any])?["count"] as? Int == 5, "\(done)")
            #expect(done["kind"] as? String == "dead-letter-replay")
            #expect(done["office"] as? String == "ward-3")
            #expect(done["person"] as? String == "admin")
            #expect(done["reason"] as? String == "mended")
            #expect(done["done"] as? Int == 5 && done["total"] as? Int == 5)
            #expect(done["ended"] is String && done["problem"] is NSNull)
            let action = try #require(try await site.actions().last)
            #expect(action.action == "replayed" && action.person == "admin" && action.count == 5)
            let list = try await site.send("GET", "/v1/operations")
            #expect((list.object?["items"] as? [[String: Any]])?.count == 1, "\(list.text)")
            #expect(try await site.send("GET", "/v1/operations/none").status == 404)
        }
    }

    @Test("without the preference the answer waits, as it always did, and no operation is kept")
    func waiting() async throws {
        try await HubSite.with { site in
            let answer = try await site.send("POST", Self.letters + "/replay", #"{"all":true,"reason":"mended"}"#)
            #expect(answer.status == 200 && answer.object?["count"] as? Int == 1, "\(answer.text)")
            let list = try await site.send("GET", "/v1/operations")
            #expect((list.object?["items"] as? [Any])?.isEmpty == true, "\(list.text)")
        }
    }

    @Test("of a kind goes on once for an office, until it is stopped, which loses nothing")
    func cancelled() async throws {
        try await HubSite.with { site in
            try await Self.fill(site, 40)
            let body = #"{"all":true,"rate":5,"reason":"mended"}"#
            let first = try await Self.begin(site, Self.letters + "/replay", body)
            let path = try #require(first.header("location"), "\(first.text)")
            let second = try await Self.begin(site, Self.letters + "/replay", body)
            #expect(second.status == 409, "\(second.text)")
            #expect(second.detail.contains(path.split(separator: "/").last ?? "?"), "\(second.detail)")
            // Another kind of work is none of the same.
            let other = try await Self.begin(site, "/v1/topology/migrations", #"{"reason":"x"}"#)
            #expect(other.status == 202, "\(other.text)")
            _ = try await Self.operation(site, path, until: "at work") { ($0["done"] as? Int ?? 0) > 0 }
            #expect(try await site.send("DELETE", path).status == 400, "nobody would know why")
            let stopped = try await site.send("DELETE", path + "?reason=too%20slow")
            #expect(stopped.status == 202, "\(stopped.text)")
            let ended = try await Self.operation(site, path, until: "ended") { $0["state"] as? String != "running" }
            #expect(ended["state"] as? String == "cancelled", "\(ended)")
            #expect((ended["problem"] as? String)?.contains("does the rest") == true)
            #expect(try await site.send("DELETE", path + "?reason=again").status == 409)
            let sent = try #require(ended["done"] as? Int)
            #expect(sent > 0 && sent < 41)
            let actions = try await site.actions()
            #expect(actions.contains { $0.action == "cancelled" && $0.reason == "too slow" })
            #expect(actions.contains { $0.action == "replayed" && $0.count == sent }, "\(actions)")
            let rest = try await site.send("POST", Self.letters + "/replay", #"{"all":true,"rate":10000,"reason":"y"}"#)
            #expect(rest.object?["count"] as? Int == 41 - sent, "\(rest.text)")
            try await eventually("all are in the office's queue, each once") {
                try await site.client.inspect(queue: "lockstep.office.ward-3")?.messages == 41
            }
        }
    }

    @Test("is listed, shown and stopped by a command beside the hub")
    func byCommand() async throws {
        try await HubSite.with { site in
            #expect(try await site.operations.operations(limit: 10).isEmpty)
            try await Self.fill(site, 40)
            let begun = try await Self.begin(
                site, Self.letters + "/replay", #"{"all":true,"rate":5,"reason":"mended"}"#)
            let path = try #require(begun.header("location"), "\(begun.text)")
            let id = String(try #require(path.split(separator: "/").last))
            // A process of its own: it has nothing but the store.
            let command = Operations(site.operations.configuration, logger: HubSite.quiet)
            #expect(try JSONOutput.text(try await command.operations(limit: 10)).contains(id))
            _ = try await command.cancelOperation(id, by: "ada", reason: "too slow")
            let ended = try await Self.operation(site, path, until: "ended") { $0["state"] as? String != "running" }
            #expect(ended["state"] as? String == "cancelled", "\(ended)")
            let shown = DetailText.text(try await command.operation(id).details)
            #expect(shown.contains("cancelled") && shown.contains("of 41"), "\(shown)")
            #expect(try await site.actions().contains { $0.action == "cancelled" && $0.person == "ada" })
            let again = await #expect(throws: LockstepError.self) {
                try await command.cancelOperation(id, reason: "again")
            }
            #expect(again?.code == .refused && again?.message.contains("it is cancelled") == true)
            let none = await #expect(throws: LockstepError.self) { try await command.operation("none") }
            #expect(none?.code == .notFound)
        }
    }

    @Test("says what kept it from its end")
    func failed() async throws {
        try await HubSite.with { site in
            let none = try await Self.begin(site, "/v1/offices/nobody/replays", #"{"reason":"x"}"#)
            #expect(none.status == 404, "\(none.text)")
            let answer = try await Self.begin(site, "/v1/offices/ward-3/replays", #"{"reason":"x"}"#)
            let path = try #require(answer.header("location"), "\(answer.text)")
            let ended = try await Self.operation(site, path, until: "ended") { $0["state"] as? String != "running" }
            #expect(ended["state"] as? String == "failed")
            #expect((ended["problem"] as? String)?.contains("keeps no archive") == true, "\(ended)")
        }
    }

    @Test("is kept for thirty days, and no more than a thousand are")
    func retention() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteSubscriptions(path: directory.appending(path: "hub.sqlite").path)
            func operation(_ number: Int64, _ kind: String, _ state: StoredOperation.State) throws -> StoredOperation {
                var operation = StoredOperation(
                    id: "\(number)", kind: kind, office: try OfficeName("a"), person: "ada", reason: "r",
                    begun: Timestamp(microseconds: number))
                operation.state = state
                operation.ended = state == .running ? nil : Timestamp(microseconds: number)
                return operation
            }
            for number in Int64(1)...5 { try await store.save(try operation(number, "migration", .done)) }
            try await store.save(try operation(6, "event-replay", .running))
            let now = Timestamp(microseconds: 3)
            try await store.begin(try operation(7, "migration", .running), forgettingThoseEnded: now, most: 3)
            #expect(try await store.operations(limit: 9).map(\.id) == ["7", "6", "5"])
            #expect(try await store.operation("5")?.state == .done)
            let again = await #expect(throws: LockstepError.self) {
                try await store.begin(try operation(8, "migration", .running), forgettingThoseEnded: now, most: 3)
            }
            #expect(again?.code == .refused)
            #expect(try await store.interruptAll(at: now, because: "it ended") == 2)
            #expect(try await store.operations(limit: 9).map(\.state) == [.interrupted, .interrupted, .done])
        }
    }
}
