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

    @Test func aWorkerTakesOverWhatIsChangedAndLeavesWhatIsDeleted() async throws {
        try await withSite(offices: Self.offices) { site in
            let made = try await site.run(
                "subscriptions", "create", "registry", "--events", "policy.#", "--reason", "they asked")
            #expect(made.status == 0, "\(made.error)")
            let worker = try site.start("worker", "registry")
            _ = try await site.run("publish", "policy.started", "--about", "policy/1", #"{"a":1}"#)
            try await eventually("it works") { try await site.records(of: "registry").count == 1 }
            let changed = try await site.run(
                "subscriptions", "change", "registry", "--events", "permit.#", "--reason", "they asked")
            #expect(changed.status == 0, "\(changed.error)")
            try await eventually("it has begun anew") {
                worker.errorSoFar.components(separatedBy: "The office is at work").count == 3
            }
            _ = try await site.run("publish", "permit.issued", "--about", "permit/1", #"{"a":1}"#)
            try await eventually("it has what it wants now") { try await site.records(of: "registry").count == 2 }
            let deleted = try await site.run(
                "subscriptions", "delete", "registry", "--move-to-dead-letters", "--reason", "they left")
            #expect(deleted.status == 0, "\(deleted.error)")
            // Whoever still took it for its own would have declared the queue again by now.
            let offices = try await site.run("subscriptions", "list")
            #expect(!offices.output.contains("registry"), "\(offices.output)")
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            let queues = try await site.host.manage("GET", "queues/\(site.host.name)")
            #expect(queues.contains("lockstep.office.ward-3"))
            #expect(!queues.contains("\"lockstep.office.registry\""), "the worker has brought it back")
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
