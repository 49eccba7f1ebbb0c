import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

/// What a worker saw, from whichever thread.
private final class Seen: Sendable {
    let deliveries = Mutex<[EventDelivery]>([])
    let batches = Mutex<[[String]]>([])
}

@Suite(.timeLimit(.minutes(2)))
struct RabbitMQTransportTests {
    /// Works for an office until the condition holds and `afterwards` is done, and returns what came.
    ///
    /// What has been seen may not be settled yet: a test that looks for what settling leads to does so afterwards.
    private static func work(
        _ offices: Offices,
        _ office: String = "ward-3",
        until isEnough: @escaping @Sendable ([EventDelivery]) -> Bool,
        _ verdict: @escaping @Sendable (EventDelivery) -> Verdict = { _ in .done },
        afterwards: () async throws -> Void = {}
    ) async throws -> [EventDelivery] {
        let seen = Seen()
        let (transport, name) = (offices.transport, try OfficeName(office))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await transport.deliver(to: name, mode: .immediate) { deliveries in
                    let answers = deliveries.map { DeliveryAnswer(verdict($0)) }
                    seen.deliveries.withLock { $0 += deliveries }
                    return answers
                }
            }
            try await eventually("the deliveries came", within: .seconds(30)) {
                seen.deliveries.withLock { isEnough($0) }
            }
            try await afterwards()
            group.cancelAll()
        }
        return seen.deliveries.withLock { $0 }
    }

    @Test func eventsReachTheOfficesThatWantThem() async throws {
        try await withOffices(["ward-3": ["permit.*.ward-3"], "ward-4": ["permit.*.ward-4"]]) { offices in
            let outcomes = try await offices.transport.publish([
                try sampleEvent(1), try sampleEvent(2, scope: "ward-4"), try sampleEvent(3, scope: "ward-9"),
            ])
            #expect(outcomes == [.confirmed, .confirmed, .confirmed])
            let deliveries = try await Self.work(offices, until: { $0.count == 1 })
            #expect(try deliveries[0].content.get() == (try sampleEvent(1)))
            #expect(try await offices.client.inspect(queue: "lockstep.unrouted")?.messages == 1)
        }
    }

    @Test func aRetryComesBackAfterItsDelayToThatOfficeAlone() async throws {
        try await withOffices(["ward-3": ["#"], "ward-4": ["#"]]) { offices in
            _ = try await offices.transport.publish([try sampleEvent(1)])
            let start = ContinuousClock.now
            let failure = Failure(.store, "the file is locked")
            let deliveries = try await Self.work(offices, until: { $0.count == 2 }) { delivery in
                delivery.attempt == 1 ? .retry(after: RetryDelay.allCases[0], attempt: 2, failure) : .done
            }
            #expect(deliveries.map(\.attempt) == [1, 2])
            #expect(start.duration(to: .now) >= .milliseconds(700))
            #expect(try await offices.client.inspect(queue: "lockstep.office.ward-4")?.messages == 1)
        }
    }

    @Test func whatIsDeadLiesInItsOfficesDeadLetterQueueWithItsReason() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish([try sampleEvent(1), try sampleEvent(2)])
            let letters = DeadLetters(of: try OfficeName("ward-3"), client: offices.client)
            let isDead: @Sendable () async throws -> Void = {
                try await eventually("the dead letter is there", within: .seconds(30)) {
                    try await letters.list(limit: 10).map(\.id) == ["event-1"]
                }
            }
            let verdict: @Sendable (EventDelivery) -> Verdict = { delivery in
                (try? delivery.content.get())?.id.text == "event-1" ? .dead(Failure(.refused, "no such slot")) : .done
            }
            _ = try await Self.work(offices, until: { $0.count == 2 }, verdict, afterwards: isDead)
            let letter = try #require(try await letters.list(limit: 10).first)
            #expect(letter.errorClass == "refused")
            #expect(letter.error == "no such slot")
            #expect(letter.subject == "permit/1")
        }
    }

    @Test func inABatchEachDeliveryGoesItsOwnWay() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish(try (1...40).map { try sampleEvent($0) })
            let seen = Seen()
            let (transport, name) = (offices.transport, try OfficeName("ward-3"))
            let mode = try Lockstep.DeliveryMode.batch(events: 39, within: .seconds(2))
            let letters = DeadLetters(of: name, client: offices.client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await transport.deliver(to: name, mode: mode) { deliveries in
                        let ids = deliveries.map { "\((try? $0.content.get())?.id.text ?? "-") \($0.attempt)" }
                        seen.batches.withLock { $0.append(ids) }
                        return ids.map { id in
                            switch id {
                            case "event-20 1":
                                DeliveryAnswer(
                                    .retry(after: RetryDelay.allCases[0], attempt: 2, Failure(.store, "locked")))
                            case "event-30 1": DeliveryAnswer(.dead(Failure(.refused, "no such slot")))
                            default: DeliveryAnswer(.done)
                            }
                        }
                    }
                }
                try await eventually("what is tried again comes again", within: .seconds(30)) {
                    seen.batches.withLock { $0.joined().contains("event-20 2") }
                }
                try await eventually("what is given up is a dead letter", within: .seconds(30)) {
                    try await letters.list(limit: 10).map(\.id) == ["event-30"]
                }
                group.cancelAll()
            }
            let mixed = seen.batches.withLock { $0.first { $0.contains("event-20 1") } }
            #expect(mixed?.contains("event-30 1") == true && mixed?.contains("event-10 1") == true)
        }
    }

    @Test func garbageIsHandedOverAsAFailureAndTheNextOneGoesOn() async throws {
        try await withOffices { offices in
            let garbage = Message(body: [0xFF, 0x00], properties: MessageProperties(contentType: "application/json"))
            _ = try await offices.client.publish(garbage, to: "lockstep.events", routingKey: "permit.issued.ward-3")
            _ = try await offices.transport.publish([try sampleEvent(1)])
            let deliveries = try await Self.work(offices, until: { $0.count == 2 })
            #expect(throws: LockstepError.self) { try deliveries[0].content.get() }
            #expect(throws: Never.self) { try deliveries[1].content.get() }
        }
    }

    @Test func whatIsGivenBackComesAgain() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish([try sampleEvent(1)])
            let isFirst = Mutex(true)
            let deliveries = try await Self.work(offices, until: { $0.count == 2 }) { _ in
                isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? .giveBack : .done
                }
            }
            #expect(deliveries[1].redelivered)
            #expect(deliveries[1].attempt == 1)
        }
    }

    @Test func anOfficeWithoutAQueueIsAnErrorThatSaysWhatToDo() async throws {
        try await withOffices(declaring: false) { offices in
            let error = await #expect(throws: LockstepError.self) {
                try await offices.transport.deliver(to: try OfficeName("ward-3"), mode: .immediate) { _ in [] }
            }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("lockstep topology apply") == true)
        }
    }
}
