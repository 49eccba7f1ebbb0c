import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// Deliveries that wait to be tried again while their office is deleted.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct LateDeathsTests {
    @Test func theyBecomeItsDeadLettersAndStayReplayable() async throws {
        try await SubscriptionSite.with { site in
            let operations = site.operations
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            try await site.putOff("late", for: "registry")
            try await site.putOff("other", for: "declared")
            let deleted = try await operations.deleteSubscription("registry", moves: true)
            #expect(deleted.deadLetters == 0)
            #expect(deleted.note.contains("2 deliveries wait to be tried again, of all offices"))
            try await site.endTheWait(until: 1, in: "lockstep.office.registry.dead")
            try await site.endTheWait(until: 1, in: "lockstep.office.declared")

            let office = try await operations.officeWithDeadLetters("registry")
            #expect(try await site.depth("lockstep.dead.unowned") == 0)
            let letter = try #require(try await operations.deadLetters(of: office, limit: 10).first)
            #expect(letter.id == "late")
            #expect(letter.errorClass == "deleted")
            #expect(letter.error.contains("the subscription was deleted"))
            #expect(letter.attempts == 2)
            #expect(try await operations.topologyPlan().filter(\.isDifferent).isEmpty)

            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            try await site.putOff("new", for: "registry")
            try await site.endTheWait(until: 1, in: "lockstep.office.registry")
            #expect(try await site.depth("lockstep.office.registry.dead") == 1, "and nobody else does")
            _ = try await operations.replayDeadLetters(.all, of: office)
            #expect(try await site.take(from: "lockstep.office.registry") == ["new", "late"])
        }
    }

    /// The office was written into the file again, or its worker was started there.
    @Test func anOfficeThatIsDeclaredAgainGetsThemAlone() async throws {
        try await SubscriptionSite.with { site in
            var operations = site.operations
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            try await site.putOff("late", for: "registry")
            _ = try await operations.deleteSubscription("registry")
            let again = Subscription(office: try OfficeName("registry"), events: [try TopicPattern("a.#")])
            operations = Operations(operations.configuration.adding(again), logger: SubscriptionSite.quiet)
            _ = try await operations.applyTopology()
            #expect(try await operations.topologyPlan().filter(\.isDifferent).isEmpty)
            try await site.endTheWait(until: 1, in: "lockstep.office.registry")
            #expect(try await site.depth("lockstep.office.registry.dead") == 0)
        }
    }

    @Test func aDeletionIsRefusedWhereTheLedgerKnowsOfThem() async throws {
        try await SubscriptionSite.with { site in
            let (operations, registry) = (site.operations, try OfficeName("registry"))
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            try await site.putOff("late", for: "registry")
            let ledger = try SQLiteLedger(path: operations.configuration.ledgerFile)
            let version = Version(reading: ClockReading(7), origin: try Origin("core"))
            try await site.report(waiting: "late", of: registry, version: version, attempt: 1, to: ledger)
            let error = await #expect(throws: LockstepError.self) {
                try await operations.deleteSubscription("registry")
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("1 as the ledger knows") == true)
            #expect(try await operations.subscriptions().map(\.kind) == ["declared", "made"], "nothing was changed")
            // What the ledger has missed since keeps nobody from it, as soon as the broker's figures say that nothing waits.
            try await site.endTheWait(until: 1, in: "lockstep.office.registry")
            _ = try await site.take(from: "lockstep.office.registry")
            try await site.untilNothingWaits()
            #expect(try await operations.deleteSubscription("registry").done == "deleted")
        }
    }
}

extension Configuration {
    fileprivate func adding(_ office: Subscription) -> Configuration {
        var configuration = self
        configuration.offices.append(office)
        return configuration
    }
}
