import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

@Suite("Subscriptions while everything runs", .timeLimit(.minutes(3)), .serialized)
struct SubscriptionOperationsTests {
    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    @Test("what is published after it was made reaches it, and it is listed as made")
    func creating() async throws {
        try await SubscriptionSite.with { site in
            let made = try await site.operations.createSubscription(
                "registry", site.settings("policy.#"), by: "ada", reason: "asked for")
            #expect(made.done == "created")
            try await site.publish("1", "policy.started")
            #expect(try await site.take(from: "lockstep.office.registry") == ["1"])
            let rows = try await site.operations.subscriptions()
            #expect(rows.map(\.office) == ["declared", "registry"])
            #expect(rows.map(\.kind) == ["declared", "made"])
            let detail = try await site.operations.subscription("registry")
            #expect(detail.revision == 1)
            #expect(detail.changedBy == "ada")
            let again = await error {
                _ = try await site.operations.createSubscription("Registry", site.settings("a.#"))
            }
            #expect(again?.code == .alreadyExists)
            let audit = try SQLiteAudit(reading: site.operations.configuration.auditFile)
            let actions = try await audit.actions(until: .init(microseconds: .max))
            #expect(actions.map(\.action) == ["created"])
            #expect(actions.map(\.person) == ["ada"])
            #expect(actions.map(\.detail) == [#"{"events":["policy.#"]}"#])
            #expect(actions.map(\.reason) == ["asked for"])
        }
    }

    @Test("while patterns change back and forth nothing that is always wanted is missed, and nothing else comes after")
    func changing() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("permit.issued", "policy.#"))
            let isOver = Flag()
            let published = try await withThrowingTaskGroup(of: [String].self) { group in
                group.addTask {
                    var ids: [String] = []
                    while !isOver.isSet.load(ordering: .relaxed) {
                        ids.append("p-\(ids.count)")
                        try await site.publish(ids[ids.count - 1], "permit.issued")
                    }
                    return ids
                }
                for round in 0..<6 {
                    let settings =
                        round.isMultiple(of: 2) ? site.settings("permit.#") : site.settings("permit.issued", "policy.#")
                    _ = try await site.operations.changeSubscription("registry") { _ in settings }
                }
                _ = try await site.operations.changeSubscription("registry") { _ in site.settings("permit.#") }
                isOver.isSet.store(true, ordering: .relaxed)
                return try await group.next() ?? []
            }
            try await site.publish("not-any-more", "policy.started")
            try await site.publish("last", "permit.finaled")
            #expect(published.count > 10)
            #expect(try await site.take(from: "lockstep.office.registry") == published + ["last"])
        }
    }

    @Test("a change that does not know the last one leaves the patterns as they are")
    func lateChange() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            let late = await error {
                _ = try await site.operations.changeSubscription("registry", revision: 7) { _ in site.settings("b.#") }
            }
            #expect(late?.code == .refused)
            try await site.publish("1", "b.x")
            try await site.publish("2", "a.x")
            #expect(try await site.take(from: "lockstep.office.registry") == ["2"])
        }
    }

    @Test("a declared one is neither changed nor deleted here")
    func declared() async throws {
        try await SubscriptionSite.with { site in
            let change = await error {
                _ = try await site.operations.changeSubscription("declared") { $0 }
            }
            let deletion = await error { _ = try await site.operations.deleteSubscription("declared") }
            #expect(change?.code == .refused)
            #expect(deletion?.code == .refused)
            let depth = try await site.depth("lockstep.office.declared")
            #expect(depth == 0)
        }
    }

    @Test("pausing and resuming are kept with who and why, for declared ones, too")
    func pausing() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.pause("declared", by: "ada", reason: "moving")
            let row = try await site.operations.subscriptions()[0]
            #expect(row.paused)
            #expect(row.pausedBy == "ada")
            #expect(row.pausedReason == "moving")
            #expect(row.pauseCause == "operator")
            _ = try await site.operations.resume("declared", by: "bob")
            let resumed = try await site.operations.subscriptions()
            #expect(resumed.map(\.paused) == [false])
        }
    }

    @Test("deleting is refused while anything is queued, and nothing is changed then")
    func refusedDeletion() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("policy.#"))
            try await site.publish("1", "policy.started")
            let refusal = await error { _ = try await site.operations.deleteSubscription("registry") }
            #expect(refusal?.code == .refused)
            #expect(refusal?.message.contains("--move-to-dead-letters") == true)
            let rows = try await site.operations.subscriptions()
            #expect(rows.map(\.office) == ["declared", "registry"])
            #expect(rows.allSatisfy { !$0.paused })
            try await site.publish("2", "policy.started")
            #expect(try await site.take(from: "lockstep.office.registry") == ["1", "2"])
        }
    }

    @Test("what is queued becomes dead letters, in order, and the queue is gone")
    func deletion() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("policy.#"))
            let ids = (0..<1200).map(String.init)
            for id in ids { try await site.publish(id, "policy.started") }
            let deleted = try await site.operations.deleteSubscription("registry", moves: true, by: "ada")
            #expect(deleted.deadLetters == 1200)
            #expect(try await site.depth("lockstep.office.registry") == nil)
            #expect(try await site.take(from: "lockstep.office.registry.dead") == ids)
            #expect(try await site.operations.subscriptions().map(\.office) == ["declared"])
            let unknown = await error { _ = try await site.operations.deleteSubscription("registry") }
            #expect(unknown?.code == .notFound)
        }
    }

    @Test("an empty one goes with all its queues")
    func emptyDeletion() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("policy.#"))
            _ = try await site.operations.deleteSubscription("registry")
            for queue in ["", ".dead", ".control"] {
                #expect(try await site.depth("lockstep.office.registry" + queue) == nil)
            }
        }
    }

    /// What the body throws, if it is Lockstep's.
    private func error(_ body: () async throws -> Void) async -> LockstepError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? LockstepError
        }
    }
}
