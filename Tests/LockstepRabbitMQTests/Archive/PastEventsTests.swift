import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PastEventsTests {
    /// Runs the closure with an archive that has so many events, of permits and policies in turn, which the offices have
    /// had already.
    private static func withArchive(_ count: Int, _ body: (Offices, PastEvents) async throws -> Void) async throws {
        try await withOffices(["ward-3": ["permit.*.ward-3"], "ward-4": ["#"]]) { offices in
            try await offices.client.declare(OfficeTopology.archive(keep: .seconds(3_600), size: 20 << 20))
            let events = try (1...count).map { number in
                try sampleEvent(number, type: number.isMultiple(of: 2) ? "policy.started" : "permit.issued")
            }
            #expect(try await offices.transport.publish(events).allSatisfy { $0 == .confirmed })
            for queue in ["lockstep.office.ward-3", "lockstep.office.ward-4"] {
                try await offices.client.purge(queue: queue)
            }
            try await body(offices, PastEvents(client: offices.client))
        }
    }

    private static func replay(
        _ selection: PastEventSelection, _ events: PastEvents, to offices: Offices, rate: Int? = nil,
        dryRun: Bool = false
    ) async throws -> PastEvents.Progress {
        let done = Mutex(PastEvents.Progress())
        try await events.replay(selection, to: offices.subscriptions[0], rate: rate, dryRun: dryRun) { now in
            done.withLock { $0 = now }
        }
        return done.withLock { $0 }
    }

    @Test func oneOfficeGetsWhatItSubscribesToInItsOrder() async throws {
        try await Self.withArchive(1_200) { offices, events in
            let done = try await Self.replay(PastEventSelection(), events, to: offices)
            #expect(done.sent == 600)
            #expect(done.looked == 1_200)
            #expect(done.total == 1_200)
            let arrived = try await offices.take(600, from: "lockstep.office.ward-3").map(\.message.properties)
            let wanted = stride(from: 1, to: 1_200, by: 2).map { "event-\($0)" }
            #expect(arrived.compactMap(\.messageID) == wanted)
            #expect(arrived.allSatisfy { $0.headers["lockstep-past-event"] == true })
            #expect(try await offices.client.inspect(queue: "lockstep.office.ward-4")?.messages == 0)
        }
    }

    @Test func whatArrivesIsTheEventThatWasPublished() async throws {
        try await Self.withArchive(2) { offices, events in
            let done = try await Self.replay(PastEventSelection(about: "permit/1"), events, to: offices)
            #expect(done.sent == 1)
            let (stream, arrivals) = AsyncStream.makeStream(of: Event.self)
            let office = offices.subscriptions[0].office
            let wanted = try sampleEvent(1)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await offices.transport.deliver(to: office, mode: .immediate) { deliveries in
                        for delivery in deliveries { arrivals.yield(try delivery.content.get()) }
                        return deliveries.map { _ in DeliveryAnswer(.done) }
                    }
                }
                let event = await stream.first { _ in true }
                #expect(event == wanted)
                group.cancelAll()
            }
        }
    }

    @Test func whatIsNotMeantIsNotSent() async throws {
        try await Self.withArchive(10) { offices, events in
            // That is when all of them happened.
            let moment = try sampleEvent().time
            let none = [
                PastEventSelection(since: moment.advanced(by: .milliseconds(1))), PastEventSelection(until: moment),
                PastEventSelection(type: try TopicPattern("policy.*")), PastEventSelection(about: "permit/2"),
            ]
            for selection in none {
                #expect(try await Self.replay(selection, events, to: offices).sent == 0, "\(selection)")
            }
            let some = PastEventSelection(since: moment, type: try TopicPattern("permit.*"), about: "permit/*")
            #expect(try await Self.replay(some, events, to: offices, dryRun: true).sent == 5)
            #expect(try await offices.client.inspect(queue: "lockstep.office.ward-3")?.messages == 0)
            let start = ContinuousClock.now
            #expect(try await Self.replay(some, events, to: offices, rate: 10).sent == 5)
            #expect(ContinuousClock.now - start >= .milliseconds(450))
            try await eventually("all are there", within: .seconds(10)) {
                try await offices.client.inspect(queue: "lockstep.office.ward-3")?.messages == 5
            }
        }
    }

    @Test func withoutAnArchiveItSaysHowToKeepOne() async throws {
        try await withOffices { offices in
            let error = await #expect(throws: LockstepError.self) {
                try await Self.replay(PastEventSelection(), PastEvents(client: offices.client), to: offices)
            }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("'archive'") == true)
        }
    }

    @Test func anOfficeWhoseQueueIsGoneIsAnError() async throws {
        try await Self.withArchive(2) { offices, events in
            try await offices.client.delete(queue: "lockstep.office.ward-3")
            let error = await #expect(throws: LockstepError.self) {
                try await Self.replay(PastEventSelection(), events, to: offices)
            }
            #expect(error?.code == .brokerUnavailable)
        }
    }
}
