import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@testable import LockstepService

/// The hub over what really stands behind it: a broker, and files of its own.
@Suite("What the hub answers with a broker and files behind it", .timeLimit(.minutes(5)))
struct HubOperationsTests {
    @Test("whatever is sent, the answer is one that is described, and none is the hub's failure")
    func description() async throws {
        try await HubSite.with { site in
            let description = try #require(try await site.hub.send("GET", "/openapi.json").object)
            let check = AnswerCheck(description)
            var seen: [Int: Int] = [:]
            try await forEachSeed(12) { seed, _ in
                var fuzzer = RequestFuzzer(description, seed: seed)
                fuzzer.secrets = site.secrets
                for _ in 0..<50 {
                    let request = fuzzer.next()
                    let answer = try await site.hub.send(
                        request.method, request.path, headers: request.headers, body: request.body)
                    seen[answer.status, default: 0] += 1
                    let complaint = check.complaint(about: answer, to: request)
                    let body = String(decoding: request.body ?? [], as: UTF8.self)
                    try #require(
                        complaint == nil,
                        "\(request.method) \(request.path) \(body): \(answer.status) \(answer.text): \(complaint ?? "")"
                    )
                }
            }
            #expect(Set(seen.keys).isSuperset(of: [200, 202, 400, 401, 404]), "\(seen)")
        }
    }

    @Test("settings are shown as they are kept, whatever numbers and texts they were sent with")
    func settings() async throws {
        try await HubSite.with { site in
            let made = try await site.send(
                "POST", "/v1/subscriptions",
                #"{"name":"made","reason":"x","settings":{"events":["permit.#"],"callback":{"url":"https://a.org/TOPSECRET"}}}"#
            )
            #expect(made.status == 201, "\(made.text)")
            let changed = try await site.send(
                "PATCH", "/v1/subscriptions/made",
                #"{"reason":"x","settings":{"calendar":[{"match":"a.*","title":1.5,"starts":"{b}"}],"rate":5}}"#)
            #expect(changed.status == 200, "\(changed.text)")
            let shown = try await site.send("GET", "/v1/subscriptions/made")
            #expect(shown.status == 200 && shown.text.contains(#""title":"1.5""#), "\(shown.text)")
            #expect(shown.text.contains(#""rate":5"#))
            let list = try await site.send("GET", "/v1/subscriptions")
            #expect(list.text.contains(#""delivery":"https://a.org""#), "\(list.text)")
            for answer in [made, changed, shown, list] { #expect(!answer.text.contains("TOPSECRET")) }
            let audit = try SQLiteAudit(reading: site.state.appending(path: "audit.sqlite").path)
            let actions = try await audit.actions(until: WallClock.system.now)
            #expect(actions.map(\.action).suffix(2) == ["created", "changed"])
            #expect(actions.allSatisfy { $0.detail?.contains("TOPSECRET") != true })
            #expect(actions.count { $0.action == "token created" } == AccessRole.allCases.count)
            #expect(actions.contains { $0.target == "publish" && $0.detail == "role publish, origin core" })
        }
    }

    @Test("settings that come over HTTP say nothing of the hub's files, and what was named here stays")
    func files() async throws {
        try await HubSite.with { site in
            func settings(_ file: String) -> String {
                #"{"events":["permit.#"],"callback":{"url":"https://a.org/","ca":"\#(file)"}}"#
            }
            var said: Set<String> = []
            for file in ["/etc/hostname", "/etc/no-such-file"] {
                let answer = try await site.send(
                    "POST", "/v1/subscriptions", #"{"name":"made","reason":"x","settings":\#(settings(file))}"#)
                #expect(answer.status == 400)
                said.insert(answer.detail)
            }
            #expect(said.count == 1, "\(said)")
            let certificates = try Certificates(in: site.state)
            let named = try SubscriptionSettings(parsing: settings(certificates.authority), source: "test")
            _ = try await site.operations.createSubscription("made", named)
            let other = try await site.send(
                "PATCH", "/v1/subscriptions/made", #"{"reason":"x","settings":{"rate":5}}"#)
            #expect(other.status == 200, "\(other.text)")
            let callback = try await site.send(
                "PATCH", "/v1/subscriptions/made", #"{"reason":"x","settings":\#(settings("/etc/hostname"))}"#)
            #expect(callback.status == 400)
        }
    }

    @Test("a store that is damaged, or of a later release, is said to be, as it is described, and not where it is")
    func damagedStore() async throws {
        try await HubSite.with { site in
            _ = try await site.send(
                "POST", "/v1/subscriptions", #"{"name":"made","reason":"x","settings":{"events":["permit.#"]}}"#)
            let description = try #require(try await site.hub.send("GET", "/openapi.json").object)
            let paths = description["paths"] as? [String: [String: [String: Any]]]
            func check(_ words: String) async throws {
                for path in ["/v1/subscriptions", "/v1/offices"] {
                    let answer = try await site.send("GET", path)
                    #expect(answer.status == 503, "\(answer.text)")
                    let responses = paths?[path]?["get"]?["responses"] as? [String: Any]
                    #expect(responses?["503"] != nil)
                    #expect(answer.header("content-type")?.hasPrefix("application/problem+json") == true)
                    // It does not pass by itself.
                    #expect(answer.header("retry-after") == nil)
                    #expect(answer.detail.contains(words) && answer.detail.contains("log"), "\(answer.text)")
                    #expect(!answer.text.contains(site.state.path), "\(answer.text)")
                }
            }
            let file = site.state.appending(path: "hub.sqlite")
            let good = try Data(contentsOf: file)
            try Data(repeating: 0x5A, count: 8_192).write(to: file)
            try await check("damaged")
            try good.write(to: file)
            #expect(try await site.send("GET", "/v1/subscriptions").status == 200, "it was mended")
            try FileManager.default.removeItem(at: file)
            try good.write(to: file)
            try await DatabaseQueue(path: file.path).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('hub 99')")
            }
            try await check("newer release")
        }
    }
}
