import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// Several people at work on the same subscription, and those who were interrupted.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct SubscriptionRacesTests {
    @Test func whatTwoChangeAtOnceIsBoundAsItIsStored() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#", "always.#"))
            for round in 0..<6 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for pattern in ["b\(round).#", "c\(round).#", "d\(round).#"] {
                        let settings = site.settings(pattern, "always.#")
                        group.addTask {
                            _ = try await site.operations.changeSubscription("registry") { _ in settings }
                        }
                    }
                    try await group.waitForAll()
                }
                let stored = try await site.operations.subscription("registry")
                let events = try site.operations.configuration.withStoredOffices().office(named: "registry").events
                #expect(stored.revision == 1 + 3 * (round + 1), "each change knew the one before")
                let wanted = events.map { $0.text.replacing(".#", with: ".x") }.sorted()
                for key in ["a.x", "always.x", "b\(round).x", "c\(round).x", "d\(round).x"] {
                    try await site.publish(key, key)
                }
                #expect(try await site.take(from: "lockstep.office.registry").sorted() == wanted)
            }
        }
    }

    @Test func deletingWhatIsNotThereLeavesNothingBehind() async throws {
        try await SubscriptionSite.with { site in
            await #expect {
                _ = try await site.operations.deleteSubscription("nobody")
            } throws: { error in
                (error as? LockstepError)?.code == .notFound
            }
            _ = try await site.operations.createSubscription("nobody", site.settings("a.#"))
            let rows = try await site.operations.subscriptions()
            #expect(rows.map(\.paused) == [false, false])
        }
    }

    @Test func anInterruptedDeletionIsListedAndCanBeEnded() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            let store = try SQLiteSubscriptions(path: site.operations.configuration.hubFile)
            try await store.setLeaving(try OfficeName("registry"), true)
            try store.close()
            #expect(try await site.operations.subscriptions().map(\.kind) == ["declared", "deleting"])
            await #expect {
                _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            } throws: { error in
                (error as? LockstepError)?.message.contains("lockstep subscriptions delete registry") == true
            }
            try await site.publish("1", "a.x")
            await #expect {
                _ = try await site.operations.deleteSubscription("registry")
            } throws: { error in
                (error as? LockstepError)?.code == .refused
            }
            #expect(
                try await site.operations.subscriptions().map(\.kind) == ["declared", "deleting"],
                "it may have lost its patterns")
            let deleted = try await site.operations.deleteSubscription("registry", moves: true)
            #expect(deleted.deadLetters == 1)
            #expect(try await site.operations.subscriptions().map(\.kind) == ["declared"])
            #expect(try await site.depth("lockstep.office.registry") == nil)
        }
    }

    /// A queue of that name is there already, and who could say what is bound to it is not.
    @Test func aCreationThatFailedIsListedAsOneToBeDeleted() async throws {
        try await SubscriptionSite.with { site in
            let office = try OfficeName("registry")
            let former = Subscription(office: office, events: [try TopicPattern("a.#")])
            try await site.client.declare(OfficeTopology.complete(for: [former]))
            var configuration = site.operations.configuration
            configuration.broker.management = ManagementAddress(
                url: "http://127.0.0.1:1/", user: "guest", password: "guest")
            let blind = Operations(configuration, logger: SubscriptionSite.quiet)
            await #expect(throws: (any Error).self) {
                _ = try await blind.createSubscription("registry", site.settings("b.#"))
            }
            #expect(try await site.operations.subscriptions().map(\.kind) == ["declared", "deleting"])
            _ = try await site.operations.deleteSubscription("registry")
            #expect(try await site.operations.subscriptions().map(\.kind) == ["declared"])
            #expect(try await site.depth("lockstep.office.registry") == nil, "nothing fills up unseen")
        }
    }

    @Test func theDeadLettersOfADeletedOfficeCanBeSeenAndThrownAway() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            try await site.publish("1", "a.x")
            _ = try await site.operations.deleteSubscription("registry", moves: true)
            let office = try await site.operations.officeWithDeadLetters("registry")
            #expect(try await site.operations.deadLetters(of: office, limit: 10).map(\.id) == ["1"])
            let count = try await site.operations.discardDeadLetters(.all, of: office, reason: "nobody wants them")
            #expect(count.count == 1)
            await #expect {
                _ = try await site.operations.officeWithDeadLetters("nobody")
            } throws: { error in
                (error as? LockstepError)?.code == .notFound
            }
        }
    }
}
