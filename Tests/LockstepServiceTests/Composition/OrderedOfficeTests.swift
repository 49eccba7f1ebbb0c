import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

@Suite("An office that keeps the order of its records", .timeLimit(.minutes(2)), .serialized)
struct OrderedOfficeTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func event(_ number: Int, about subject: String) throws -> Event {
        let source = try Origin("core")
        return Event(
            id: try EventID("e-\(number)"), source: source, type: try EventType("permit.changed"),
            subject: try Subject(subject), time: Timestamp(microseconds: 1_720_000_000_000_000),
            version: Version(reading: ClockReading(0x0190_c5a2_b3c4_0000 + UInt64(number)), origin: source),
            data: ["n": JSONText(integerLiteral: number)])
    }

    /// What an office's system was asked for; the first event fails for a while.
    private final class System: Adapter {
        let wants = AdapterContent.events
        private let state = Mutex((asked: [String](), told: [String](), isBusy: true))

        var asked: [String] { state.withLock { $0.asked } }
        var told: [String] { state.withLock { $0.told } }

        func recover() { state.withLock { $0.isBusy = false } }

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            changes.map { change in
                let name = change.data?["n"]?.text ?? "-"
                return state.withLock { state -> ApplyOutcome in
                    state.asked.append(name)
                    if name == "1", state.isBusy { return .failed("it is busy") }
                    state.told.append(name)
                    return .applied
                }
            }
        }
    }

    @Test("what is behind an event that is tried again follows it, over a restart, too")
    func order() async throws {
        try await SharedBroker.withVirtualHost("order") { host in
            try await withTemporaryDirectory { directory in
                let system = System()
                try await Self.withOffice(host, directory, system) { transport in
                    _ = try await transport.publish([
                        try Self.event(1, about: "permit/1"), try Self.event(2, about: "permit/1"),
                        try Self.event(3, about: "permit/2"),
                    ])
                    try await eventually("the first one has failed, and another record is told") {
                        system.asked.contains("1") && system.told == ["3"]
                    }
                    _ = try await transport.publish([try Self.event(4, about: "permit/1")])
                    try await eventually("it has come back, and has failed again") {
                        system.asked.count { $0 == "1" } >= 2
                    }
                    #expect(system.told == ["3"])
                }
                system.recover()
                try await Self.withOffice(host, directory, system) { _ in
                    try await eventually("all is told") { system.told.count == 4 }
                    #expect(system.told == ["3", "1", "2", "4"])
                }
            }
        }
    }

    /// Runs the office of `ward-1` beside the closure.
    private static func withOffice(
        _ host: VirtualHost, _ directory: URL, _ system: System,
        _ body: @escaping @Sendable (RabbitMQTransport) async throws -> Void
    ) async throws {
        let configuration = try EngineConfiguration.configuration(
            .url(host.amqpURL), origin: "core", state: directory.path)
        let client = configuration.client(named: "order", logger: quiet)
        let subscription = Subscription(
            office: try OfficeName("ward-1"), events: [try TopicPattern("#")],
            retry: try RetryPolicy(attempts: 100, delays: [RetryDelay.allCases[0]]), order: .record)
        let begun = Signal()
        let office = OfficeService(
            subscription: subscription, configuration: configuration, client: client, failing: .endsProcess,
            logger: quiet, adapter: system, begins: { begun.give() })
        try await ServiceRunner.run(beside: [client, office], logger: quiet) {
            await begun.wait()
            try await body(RabbitMQTransport(client, logger: quiet))
        }
    }
}
