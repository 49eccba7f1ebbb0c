import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// An office whose subscription is in the hub's store, while its worker goes by a file on another machine.
@Suite("A worker that does not see the hub's store", .timeLimit(.minutes(3)))
struct SubscribedElsewhereTests {
    private static let queue = "lockstep.office.registry"

    /// Expects that events of these patterns, and of no others, come to the queue.
    private static func expect(
        _ wanted: Set<String>, _ site: SubscriptionSite, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let bindings = try await site.operations.configuration.management.bindings()
        let found = bindings.filter { $0.source == "lockstep.events" && $0.destination == queue }.map(\.routingKey)
        #expect(Set(found) == wanted, sourceLocation: sourceLocation)
    }

    @Test("leaves the patterns as the hub has bound them, also those of a change, however often it begins")
    func left() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            try await site.withRegistryElsewhere(events: "z.#") {
                try await Self.expect(["a.#"], site)
                _ = try await site.operations.changeSubscription("registry") { _ in site.settings("b.#") }
                try await Self.expect(["b.#"], site)
            }
            try await site.withRegistryElsewhere(events: "z.#") {
                try await Self.expect(["b.#"], site)
            }
            _ = try await site.operations.deleteSubscription("registry", moves: true)
            #expect(try await site.depth(Self.queue + ".subscribed") == nil)
            try await site.withRegistryElsewhere(events: "z.#") {
                try await Self.expect(["z.#"], site)
            }
        }
    }

    @Test("binds its own where the queue is gone, and the hub's machine makes it good")
    func gone() async throws {
        try await SubscriptionSite.with { site in
            _ = try await site.operations.createSubscription("registry", site.settings("a.#"))
            try await site.client.delete(queue: Self.queue)
            try await site.withRegistryElsewhere(events: "z.#") {
                try await Self.expect(["z.#"], site)
                let current = Operations(
                    try site.operations.configuration.withStoredOffices(), logger: SubscriptionSite.quiet)
                _ = try await current.applyTopology()
                try await Self.expect(["a.#", "z.#"], site)
                // As with a broker that came back empty, or a store of an older release.
                try await site.client.delete(queue: Self.queue + ".subscribed")
                _ = try await current.applyTopology()
                #expect(try await site.depth(Self.queue + ".subscribed") == 0)
            }
        }
    }
}
