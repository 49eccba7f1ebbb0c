import Foundation
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized)
struct SubscriptionsCommandTests {
    private static let offices = "  ward-3: { events: [\"permit.#\"] }\n"

    @Test func aMadeSubscriptionWorksAsADeclaredOneDoes() async throws {
        try await withSite(offices: Self.offices) { site in
            let made = try await site.run(
                "subscriptions", "create", "registry", "--from", "-", "--rate", "50", "--by", "ada", "--json",
                "--reason", "they asked", input: "events: [\"policy.#\"]\nretry: { attempts: 3, delays: [1s] }\n")
            #expect(made.status == 0, "\(made.error)")
            let published = try await site.run("publish", "policy.started", "--about", "policy/1", #"{"a":1}"#)
            #expect(published.status == 0, "\(published.error)")
            let worker = try site.start("worker", "registry")
            try await eventually("its worker has what was published before it ran") {
                try await site.records(of: "registry").count == 1
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)

            let listed = try await site.run("subscriptions", "list", "--json")
            let rows = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]] ?? []
            #expect(rows.compactMap { $0["office"] as? String } == ["ward-3", "registry"])
            #expect(rows.compactMap { $0["kind"] as? String } == ["declared", "made"])
            let shown = try await site.run("subscriptions", "show", "registry", "--json")
            let detail = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
            let settings = detail?["settings"] as? [String: Any]
            #expect(settings?["rate"] as? Int == 50)
            #expect(settings?["events"] as? [String] == ["policy.#"])
        }
    }

    @Test func whatCannotBeDoneIsSaidAndEndsWithItsStatus() async throws {
        try await withSite(offices: Self.offices) { site in
            let wrong = try await site.run(
                "subscriptions", "create", "registry", "--from", "-", "--reason", "x", input: "event: [a]\n")
            #expect(wrong.status == 78)
            #expect(wrong.error.contains("did you mean 'events'?"), "\(wrong.error)")
            let declared = try await site.run("subscriptions", "change", "ward-3", "--events", "a.#", "--reason", "x")
            #expect(declared.status == 1)
            #expect(declared.error.contains("lockstep.yaml"), "\(declared.error)")
            let unknown = try await site.run("subscriptions", "delete", "nobody", "--reason", "x")
            #expect(unknown.status == 64, "\(unknown.error)")
            let paused = try await site.run("subscriptions", "pause", "ward-3", "--reason", "moving", "--by", "ada")
            #expect(paused.status == 0, "\(paused.error)")
            let offices = try await site.run("offices")
            #expect(offices.output.contains("by ada (operator): moving"), "\(offices.output)")
        }
    }
}
