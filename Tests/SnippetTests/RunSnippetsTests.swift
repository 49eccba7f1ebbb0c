import Foundation
import Lockstep
import LockstepService
import LockstepTesting
import Logging
import Testing

@Suite("Snippets that run", .timeLimit(.minutes(2)))
struct RunSnippetsTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("the README's first lines publish, and end with SIGTERM")
    func readmeEngine() async throws {
        try await SharedBroker.withVirtualHost("readme") { host in
            try await withTemporaryDirectory { directory in
                let (url, path) = (host.amqpURL, directory.path)
                await #expect(processExitsWith: .success) { [url = url as String, path = path as String] in
                    setenv("LOCKSTEP_BROKER_URL", url, 1)
                    setenv("XDG_STATE_HOME", path, 1)
                    try await withSyncEngine(broker: .url(url), origin: "witness", state: path + "/witness") {
                        witness in
                        try await witness.register("Witness", to: ["policy.*"]) { change in
                            if change.data == ["start_date": "2024-04-01"] { kill(getpid(), SIGTERM) }
                        }
                        do {
                            try await ReadmeSnippets.engine(Slots())
                        } catch is CancellationError {
                            // The signal came before the broker's answer to the publisher.
                        }
                    }
                }
            }
        }
    }

    @Test("the README's adapter takes what has a day and refuses what has none")
    func readmeAdapter() async throws {
        try await SharedBroker.withVirtualHost("readme") { host in
            try await withTemporaryDirectory { directory in
                let slots = Slots()
                try await withSyncEngine(
                    broker: .url(host.amqpURL), origin: "core", state: directory.path, logger: Self.quiet
                ) { engine in
                    try await ReadmeSnippets.adapter(engine, slots)
                    try await engine.publish("permit.issued", about: "permit/1", ["STATUS": "Issued"], scope: "ward-3")
                    try await engine.publish("permit.issued", about: "permit/2", ["DAY": "2024-11-04"], scope: "ward-3")
                    try await EngineSnippets.trigger(engine)
                    try await eventually("one is in its slot") {
                        await slots.held.map(\.value) == [["DAY": "2024-11-04"]]
                    }
                    try await eventually("two are dead letters", within: .seconds(30)) {
                        let queue = try await host.manage("GET", "queues/\(host.name)/lockstep.office.ward-3.dead")
                        return queue.contains(#""messages":2,"#)
                    }
                }
            }
        }
    }

    @Test("what LockstepTesting's page shows works")
    func testing() async throws {
        let event = Event(
            id: try EventID("1"), source: try Origin("core"), type: try EventType("permit.issued"),
            subject: try Subject("permit/1"), time: Timestamp(microseconds: 0),
            version: Version(reading: ClockReading(1), origin: try Origin("core")), data: [:])
        try await TestingSnippets.worker(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]), event, Self.quiet)
        try await TestingSnippets.scriptedBroker()
        let publisher = EventPublisher(
            .init(origin: try Origin("core")), transport: MemoryTransport(), versions: MemoryVersionSource())
        try await TestingSnippets.checker(
            publisher, Workload.Shape(types: [try EventType("permit.issued")], events: 10, subjects: 3), [])
    }
}
