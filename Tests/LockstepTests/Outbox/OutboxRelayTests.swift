import Lockstep
import LockstepTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A relay between an outbox in memory and a transport that does as it is told.
@Suite(.timeLimit(.minutes(1)))
struct OutboxRelayTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a relay beside the closure, and then shuts it down.
    private func withRelay(
        _ outbox: MemoryOutbox,
        _ transport: any EventTransport,
        grace: Duration = .seconds(5),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var configuration = OutboxRelay.Configuration()
        configuration.batch = 10
        configuration.grace = grace
        let relay = OutboxRelay(outbox, transport: transport, configuration: configuration, logger: Self.quiet)
        let services = ServiceGroup(services: [relay], logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            group.addTask {
                try await body()
                await services.triggerGracefulShutdown()
            }
            try await group.waitForAll()
        }
    }

    private static func event(_ number: Int) throws -> Event {
        try Sample.event(UInt64(number), about: "permit/\(number % 7)")
    }

    @Test func everythingIsPublishedInOrderAndMarkedInBatches() async throws {
        let (outbox, transport) = (MemoryOutbox(), MemoryTransport())
        for number in 0..<100 { outbox.append(.success(try Self.event(number))) }
        try await withRelay(outbox, transport) {
            try await eventually { outbox.results.allSatisfy { $0 == .sent } }
            outbox.append(.success(try Self.event(100)))
            try await eventually { outbox.results.last == .sent }
        }
        let published = await transport.published
        for (_, events) in Dictionary(grouping: published, by: \.subject) {
            #expect(events.map(\.version) == events.map(\.version).sorted())
        }
        #expect(published.count == 101)
        #expect(outbox.transactions <= 50)
    }

    @Test func aRowThatIsNoEventStaysAndHoldsUpNothing() async throws {
        let (outbox, transport) = (MemoryOutbox(), MemoryTransport(answering: .unrouted))
        outbox.append(.failure(LockstepError(.invalidJSON, "not an object")))
        outbox.append(.success(try Self.event(1)))
        try await withRelay(outbox, transport) {
            try await eventually { outbox.results == [.refused("not an object"), .unrouted] }
        }
    }

    @Test func aStoreThatIsLockedOrFullIsTriedAgain() async throws {
        let (outbox, transport) = (MemoryOutbox(), MemoryTransport())
        outbox.fail(with: [
            .init(.storeUnavailable, "locked"), .init(.storeFull, "full"), .init(.storeUnavailable, "locked"),
        ])
        outbox.append(.success(try Self.event(1)))
        try await withRelay(outbox, transport) {
            try await eventually { outbox.results == [.sent] }
        }
        #expect(await transport.published.count == 1)
    }

    @Test(arguments: [LockstepError.Code.storeCorrupt, .storeFailed])
    func aStoreThatCannotBeTrustedEndsTheRelay(_ code: LockstepError.Code) async throws {
        let outbox = MemoryOutbox()
        outbox.fail(with: [LockstepError(code, "broken")])
        let relay = OutboxRelay(outbox, transport: MemoryTransport(), logger: Self.quiet)
        let error = await #expect(throws: LockstepError.self) { try await relay.run() }
        #expect(error?.code == code)
    }

    /// What was refused is published again, before what follows it in its record; the others go on.
    @Test func aRefusedEventHoldsUpItsRecordAlone() async throws {
        let (outbox, transport) = (MemoryOutbox(), RefusingTransport(refusing: 3))
        for number in 0..<20 { outbox.append(.success(try Self.event(number))) }
        try await withRelay(outbox, transport) {
            try await eventually { outbox.results.count { $0 == .sent } == 17 }
            #expect(outbox.results[3] == nil && outbox.results[10] == nil && outbox.results[17] == nil)
            transport.giveIn()
            try await eventually { outbox.results.allSatisfy { $0 == .sent } }
        }
        let taken = transport.taken.filter { [3, 10, 17].contains($0) }
        #expect(taken.suffix(3) == [3, 10, 17])
    }

    /// A broker that does not answer does not keep the relay from stopping, and what it had in hand is free again.
    @Test func aShutdownWaitsForAnswersNoLongerThanItMay() async throws {
        let outbox = MemoryOutbox()
        outbox.append(.success(try Self.event(1)))
        try await withRelay(outbox, SilentTransport(), grace: .milliseconds(50)) {
            try await eventually { outbox.claimed == 1 }
        }
        #expect(outbox.results == [nil] && outbox.released == 1)
    }
}

/// A transport of which the broker refuses one event until it gives in.
private final class RefusingTransport: EventTransport {
    private let state: Mutex<(refused: UInt64?, taken: [UInt64])>

    init(refusing number: UInt64) {
        state = Mutex((number, []))
    }

    var taken: [UInt64] { state.withLock { $0.taken } }

    func giveIn() {
        state.withLock { $0.refused = nil }
    }

    func publish(_ events: [Event]) async throws(LockstepError) -> [PublishOutcome] {
        state.withLock { state in
            events.map { event in
                let number = event.version.reading.bits
                guard number != state.refused else { return .refused("full") }
                state.taken.append(number)
                return .confirmed
            }
        }
    }

    func deliver(
        to office: OfficeName, mode: DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {}
}

/// A transport over a broker that never answers.
private struct SilentTransport: EventTransport {
    func publish(_ events: [Event]) async throws(LockstepError) -> [PublishOutcome] {
        do {
            try await Task.sleep(for: .seconds(3600))
        } catch {
            throw LockstepError(.brokerUnavailable, "cancelled")
        }
        return []
    }

    func deliver(
        to office: OfficeName, mode: DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {}
}
