import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Logging
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

@Suite("An office that is paused", .timeLimit(.minutes(2)), .serialized)
struct OfficePauseTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func event(_ number: Int) throws -> Event {
        let source = try Origin("core")
        return Event(
            id: try EventID("e-\(number)"), source: source, type: try EventType("permit.changed"),
            subject: try Subject("permit/\(number)"), time: Timestamp(microseconds: 1_720_000_000_000_000),
            version: Version(reading: ClockReading(0x0190_c5a2_b3c4_0000 + UInt64(number)), origin: source),
            data: ["n": JSONText(integerLiteral: number)])
    }

    @Test("its queue keeps what comes, it is told nothing, and it goes on where it stood")
    func pausing() async throws {
        try await SharedBroker.withVirtualHost("pause") { host in
            try await withTemporaryDirectory { directory in
                let configuration = try EngineConfiguration.configuration(
                    .url(host.amqpURL), origin: "core", state: directory.path)
                let client = configuration.client(named: "pause", logger: Self.quiet)
                let told = Mutex<[String]>([])
                let paused = PausedOffices()
                let changes = StoreChanges(configuration, logger: Self.quiet)
                let ward = try OfficeName("ward-1")
                let office = OfficeService(
                    subscription: Subscription(office: ward, events: [try TopicPattern("#")]),
                    configuration: configuration, client: client, failing: .endsProcess, logger: Self.quiet,
                    adapter: ClosureAdapter { change in told.withLock { $0.append(change.subject.text) } }
                ).obeyingPauses(of: changes, showingIn: paused)
                let transport = RabbitMQTransport(client, logger: Self.quiet)
                let queue = BrokerName.queue(of: ward)
                let store = try SQLiteSubscriptions(path: configuration.hubFile)
                try await ServiceRunner.run(beside: [client, changes, office], logger: Self.quiet) {
                    try await client.waitUntilReady()
                    try await eventually("the office consumes") {
                        try await client.inspect(queue: queue)?.consumers == 1
                    }
                    _ = try await transport.publish([try Self.event(1)])
                    try await eventually("it is told") { told.withLock { $0 } == ["permit/1"] }

                    try await store.pause(
                        OfficePause(office: ward, since: WallClock.system.now, person: "ada", reason: "it moves house"))
                    try await eventually("nobody consumes") { try await client.inspect(queue: queue)?.consumers == 0 }
                    try await eventually("it says why") { paused.all.map(\.reason) == ["by ada: it moves house"] }
                    #expect(client.status.consuming.state == .ready)
                    _ = try await transport.publish([try Self.event(2), try Self.event(3)])
                    try await eventually("its queue keeps both") {
                        try await client.inspect(queue: queue)?.messages == 2
                    }
                    #expect(told.withLock { $0 } == ["permit/1"])

                    try await store.resume(ward)
                    try await eventually("it is told of both") {
                        told.withLock { $0 } == ["permit/1", "permit/2", "permit/3"]
                    }
                    #expect(paused.all.isEmpty)
                    try await eventually("its queue is empty") { try await client.inspect(queue: queue)?.messages == 0 }
                }
            }
        }
    }

    /// An office's system that is gone until it is back.
    private final class Gone: Adapter {
        private let state = Mutex((isGone: true, told: [String]()))

        var told: [String] { state.withLock { $0.told } }

        func comeBack() { state.withLock { $0.isGone = false } }

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            state.withLock { state -> [ApplyOutcome] in
                if state.isGone { return changes.map { _ in .gone("it answered 410") } }
                state.told += changes.map(\.subject.text)
                return changes.map { _ in .applied }
            }
        }
    }

    @Test("one whose system is gone is paused in the hub's store, loses nothing, and goes on when somebody resumes it")
    func gone() async throws {
        try await SharedBroker.withVirtualHost("gone") { host in
            try await withTemporaryDirectory { directory in
                let configuration = try EngineConfiguration.configuration(
                    .url(host.amqpURL), origin: "core", state: directory.path)
                let client = configuration.client(named: "gone", logger: Self.quiet)
                let (system, paused, ward) = (Gone(), PausedOffices(), try OfficeName("ward-1"))
                let changes = StoreChanges(configuration, logger: Self.quiet)
                let office = OfficeService(
                    subscription: Subscription(office: ward, events: [try TopicPattern("#")]),
                    configuration: configuration, client: client, failing: .endsProcess, logger: Self.quiet,
                    adapter: system
                ).obeyingPauses(of: changes, showingIn: paused)
                let transport = RabbitMQTransport(client, logger: Self.quiet)
                let queue = BrokerName.queue(of: ward)
                try await ServiceRunner.run(beside: [client, changes, office], logger: Self.quiet) {
                    try await client.waitUntilReady()
                    try await eventually("the office consumes") {
                        try await client.inspect(queue: queue)?.consumers == 1
                    }
                    _ = try await transport.publish([try Self.event(1), try Self.event(2)])
                    try await eventually("nobody consumes, and the queue has both") {
                        let status = try await client.inspect(queue: queue)
                        return status?.consumers == 0 && status?.messages == 2
                    }
                    try await eventually("it says why") { paused.all.map(\.reason) == ["gone: it answered 410"] }
                    let store = try SQLiteSubscriptions(path: configuration.hubFile)
                    #expect(try await store.contents().pauses.map(\.cause) == [.gone])
                    system.comeBack()
                    try await store.resume(ward)
                    try await eventually("it is told of both") { system.told == ["permit/1", "permit/2"] }
                    try await store.pause(
                        OfficePause(office: ward, since: WallClock.system.now, person: "anna", reason: "moving house"))
                    try await eventually("it is paused again", within: .seconds(10)) {
                        paused.all.map(\.reason) == ["by anna: moving house"]
                    }
                    try store.close()
                }
            }
        }
    }
}
