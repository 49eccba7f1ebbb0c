import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

/// What an office's worker on another machine says of a dead letter that is edited.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct OfficeRehearsalTests {
    private static let office = "declared"

    /// An office at work whose state directory is not the operator's.
    private static func withWorker(
        _ adapter: (any Adapter)?, _ site: SubscriptionSite, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = site.operations.configuration
            configuration.state = directory
            let worker = OfficeService(
                subscription: configuration.offices[0], configuration: configuration, client: site.client,
                failing: .endsProcess, logger: SubscriptionSite.quiet, adapter: adapter)
            try await ServiceRunner.run(beside: [worker], logger: SubscriptionSite.quiet) {
                for queue in ["lockstep.office.declared", "lockstep.office.declared.control"] {
                    try await eventually("\(queue) has a consumer", within: .seconds(30)) {
                        try await site.client.inspect(queue: queue)?.consumers == 1
                    }
                }
                try await body()
            }
        }
    }

    /// A dead letter that lacks its subject.
    private static func die(_ site: SubscriptionSite) async throws {
        let headers: FieldTable = [
            "cloudEvents_specversion": "1.0", "cloudEvents_source": "core", "cloudEvents_type": "permit.issued",
            "cloudEvents_time": "2026-01-01T00:00:00Z", "lockstep-error-class": "undecodable",
        ]
        let letter = Message(
            body: Array(#"{"what":"Deck"}"#.utf8), properties: MessageProperties(headers: headers, messageID: "letter"))
        #expect(try await site.client.publish(letter, to: "lockstep.dead", routingKey: office) == .confirmed)
    }

    private static func rehearse(_ site: SubscriptionSite) async throws -> DeadLetterEdit {
        try await site.operations.editDeadLetter(
            "letter", of: site.operations.configuration.offices[0],
            DeadLetterChange(assignments: ["what=Porch"], attributes: ["subject=permit/1"]), dryRun: true, by: "ada",
            reason: "the clerk forgot it")
    }

    @Test(
        "is what its adapter says, who is told nothing",
        arguments: [
            (Rehearsal.wouldApply("slot 7"), "would-apply", "slot 7"),
            (.wouldRefuse("no slot is free"), "would-refuse", "no slot is free"),
            (.cannotSay("the desk is closed"), "cannot-say", "the desk is closed"),
        ])
    func adapter(_ said: (answer: Rehearsal, word: String, reason: String)) async throws {
        try await SubscriptionSite.with { site in
            let adapter = ScriptedAdapter.saying { _ in said.answer }
            try await Self.withWorker(adapter, site) {
                try await Self.die(site)
                let edit = try await Self.rehearse(site)
                #expect(edit.outcome == "applied" && edit.reason == nil, "the replica's own word")
                #expect(edit.adapter == said.word && edit.adapterReason == said.reason)
                #expect(edit.wouldBeRefused == (said.word == "would-refuse"))
                #expect(await adapter.rehearsed.map(\.data) == [["what": "Porch"]])
                #expect(await adapter.rehearsed.map(\.subject.text) == ["permit/1"])
                #expect(await adapter.calls.isEmpty)
            }
            #expect(try await site.depth("lockstep.office.declared.dead") == 1, "it stays a dead letter")
            #expect(try await site.depth("lockstep.office.declared") == 0)
        }
    }

    @Test("names an office without one, and an adapter that cannot be rehearsed")
    func without() async throws {
        try await SubscriptionSite.with { site in
            try await Self.die(site)
            try await Self.withWorker(nil, site) {
                let edit = try await Self.rehearse(site)
                #expect(edit.outcome == "applied" && edit.adapter == "none" && edit.adapterReason == nil)
            }
            try await Self.withWorker(ClosureAdapter { _ in }, site) {
                let edit = try await Self.rehearse(site)
                #expect(edit.adapter == "cannot-say")
                #expect(edit.adapterReason == "this office's adapter cannot be rehearsed")
            }
        }
    }

    @Test("does not repeat an error that is not made for people")
    func throwing() async throws {
        struct Payload: Error { let text = "secret" }
        try await SubscriptionSite.with { site in
            try await Self.die(site)
            try await Self.withWorker(ScriptedAdapter.saying { _ in throw Payload() }, site) {
                let edit = try await Self.rehearse(site)
                #expect(edit.adapter == "cannot-say" && edit.adapterReason == "the adapter threw Payload")
            }
        }
    }

    @Test("of an adapter that wants events is about the event")
    func events() async throws {
        try await SubscriptionSite.with { site in
            let adapter = ScriptedAdapter(wants: .events)
            try await Self.die(site)
            try await Self.withWorker(adapter, site) {
                let edit = try await Self.rehearse(site)
                #expect(edit.adapter == "would-apply")
                #expect(await adapter.rehearsed.map { $0.event?.id.text } == ["letter"])
            }
        }
    }

    @Test("is not waited for while the office is paused, and the answer says so")
    func paused() async throws {
        try await SubscriptionSite.with { site in
            try await Self.die(site)
            let adapter = ScriptedAdapter()
            try await Self.withWorker(adapter, site) {
                _ = try await site.operations.pause(Self.office, by: "ada", reason: "moving house")
                let edit = try await Self.rehearse(site)
                #expect(edit.adapter == "not-asked" && edit.adapterReason?.contains("the office is paused") == true)
                #expect(await adapter.rehearsed.isEmpty)
            }
        }
    }

    @Test("stays unknown where no worker answers, and the answer says why")
    func nobody() async throws {
        try await SubscriptionSite.with { site in
            try await Self.die(site)
            let edit = try await Self.rehearse(site)
            #expect(edit.outcome == nil && edit.adapter == "not-asked")
            #expect(edit.adapterReason?.contains("did not answer within 5 s") == true)
            try await site.client.delete(queue: "lockstep.office.declared.control")
            #expect(try await Self.rehearse(site).adapterReason?.contains("has no control queue") == true)
        }
    }

    @Test("of a worker of an older release is said to be that")
    func older() async throws {
        try await SubscriptionSite.with { site in
            try await Self.die(site)
            let client = site.client
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // As 'ControlQueue' answered before it knew of rehearsals.
                    try await client.consume(from: "lockstep.office.declared.control") { deliveries in
                        for delivery in deliveries {
                            let body: [UInt8]
                            do throws(LockstepError) {
                                _ = try DriftCodec.question(from: delivery.message.body)
                                body = []
                            } catch {
                                body = DriftCodec.bytes(error)
                            }
                            var properties = MessageProperties(type: "lockstep.drift.answer")
                            properties.correlationID = delivery.message.properties.correlationID
                            _ = try await client.publish(
                                Message(body: body, properties: properties), to: "lockstep.receipts",
                                routingKey: delivery.message.properties.replyTo ?? "")
                        }
                        return deliveries.map { _ in .ack }
                    }
                }
                let edit = try await Self.rehearse(site)
                #expect(edit.outcome == nil && edit.adapter == "not-asked")
                #expect(edit.adapterReason?.contains("is of an older release") == true)
                group.cancelAll()
            }
        }
    }
}
