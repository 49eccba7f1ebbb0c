import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepService

@Suite("An engine within an app", .timeLimit(.minutes(3)), .serialized)
struct SyncEngineTests {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What closures were told, in order.
    final class Told: Sendable {
        private let all = Mutex<[Change]>([])

        var changes: [Change] { all.withLock { $0 } }
        var subjects: Set<String> { Set(changes.map(\.subject.text)) }

        func note(_ change: Change) { all.withLock { $0.append(change) } }
    }

    static func engine(_ host: VirtualHost, _ directory: URL, origin: String = "core") throws -> SyncEngine {
        try SyncEngine(url: host.amqpURL, origin: origin, state: directory.path, logger: quiet)
    }

    /// Runs an engine beside the closure, which registers nothing before it runs unless it wants to.
    static func withEngine(
        _ host: VirtualHost, _ directory: URL, before: (SyncEngine) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (SyncEngine) async throws -> Void
    ) async throws {
        let engine = try engine(host, directory)
        try await before(engine)
        try await ServiceRunner.run(beside: [engine], logger: quiet) {
            await engine.running.wait()
            try await body(engine)
        }
    }

    static func withPlace(_ body: (VirtualHost, URL) async throws -> Void) async throws {
        try await SharedBroker.withVirtualHost("engine") { host in
            try await withTemporaryDirectory { directory in try await body(host, directory) }
        }
    }

    @Test("what is published reaches closures that were registered before and after it ran")
    func registering() async throws {
        try await Self.withPlace { host, directory in
            let (early, late) = (Told(), Told())
            try await Self.withEngine(host, directory) { engine in
                try await engine.register("SchedulingTool", to: ["permit.#"]) { early.note($0) }
            } _: { engine in
                try await engine.register("Archive", to: ["permit.issued"]) { late.note($0) }
                let sent = try await engine.publish("permit.issued", about: "permit/1", ["status": "Issued"])
                #expect(sent.source.text == "core")
                try await engine.publish("permit.finalised", about: "permit/2", ["status": "Final"])
                try await eventually("both have what they want") {
                    early.subjects == ["permit/1", "permit/2"] && late.subjects == ["permit/1"]
                }
                #expect(late.changes.first?.data == ["status": "Issued"])
                #expect(late.changes.first?.version == sent.version)
            }
        }
    }

    @Test("what an office changes reaches the others, and is not told to itself")
    func editing() async throws {
        try await Self.withPlace { host, directory in
            let (own, other) = (Told(), Told())
            try await Self.withEngine(host, directory) { engine in
                try await engine.register("ward-1", to: ["permit.#"]) { own.note($0) }
                try await engine.register("ward-2", to: ["permit.#"]) { other.note($0) }
            } _: { engine in
                try await engine.publish("permit.issued", about: "permit/1", ["status": "Issued"])
                try await eventually("both are told") { own.subjects == ["permit/1"] && other.subjects == ["permit/1"] }
                let subject = try Subject("permit/1")
                let event = try await engine.edit("ward-1", RecordEdit(subject, ["inspector": "Lee"]))
                #expect(event.source.text == "ward-1" && event.type.text == "permit.issued")
                try await eventually("the other one is told") {
                    other.changes.last?.data == ["inspector": "Lee", "status": "Issued"]
                }
                // What comes after its own event has come back.
                try await engine.publish("permit.issued", about: "permit/2", ["status": "Issued"])
                try await eventually("it goes on") { own.subjects == ["permit/1", "permit/2"] }
                #expect(own.changes.count == 2)
                await #expect(throws: LockstepError.self) {
                    try await engine.edit("ward-3", RecordEdit(subject, ["inspector": "Lee"]))
                }
            }
        }
    }

    @Test("what a closure throws is tried again, and loses nothing")
    func throwing() async throws {
        struct Busy: Error {}
        try await Self.withPlace { host, directory in
            let told = Told()
            let tries = Mutex(0)
            try await Self.withEngine(host, directory) { engine in
                try await engine.register("Slots", to: ["#"]) { change in
                    if tries.withLock({ tries in
                        tries += 1
                        return tries == 1
                    }) {
                        throw Busy()
                    }
                    told.note(change)
                }
                try await engine.publish("permit.issued", about: "permit/1", ["a": 1])
                try await eventually("it came again") { told.subjects == ["permit/1"] }
                #expect(tries.withLock { $0 } == 2)
            }
        }
    }

    @Test("what is triggered before a broker is there is published by the next process, in order, newer than before")
    func triggering() async throws {
        try await Self.withPlace { host, directory in
            do {
                // Never run: a process that ended before it reached its broker.
                let engine = try Self.engine(host, directory)
                try await engine.trigger("permit.issued", about: "permit/1", ["n": 1])
                try await engine.trigger("permit.issued", about: "permit/1", ["n": 2, "only": true])
                await engine.store.close()
            }
            let told = Told()
            try await Self.withEngine(host, directory) { engine in
                try await engine.register("Archive", to: ["permit.#"]) { told.note($0) }
            } _: { engine in
                try await eventually("what was triggered has arrived") { told.changes.last?.data?["n"] == 2 }
                // One clock for both ways.
                let sent = try await engine.publish("permit.issued", about: "permit/1", ["n": 3])
                try await eventually("the newest shows") { told.changes.last?.data?["n"] == 3 }
                #expect(told.changes.last?.data == ["n": 3, "only": true])
                #expect(told.changes.dropLast().allSatisfy { $0.version < sent.version })
                try await engine.trigger("permit.issued", about: "permit/1", ["n": 4])
                try await eventually("and the one after it") { told.changes.last?.data?["n"] == 4 }
            }
        }
    }

    @Test("an office that is unregistered goes on where it stopped, or is gone with its queue")
    func unregistering() async throws {
        try await Self.withPlace { host, directory in
            let (first, second) = (Told(), Told())
            try await Self.withEngine(host, directory) { engine in
                try await engine.register("Archive", to: ["permit.#"]) { first.note($0) }
                try await engine.publish("permit.issued", about: "permit/1", ["n": 1])
                try await eventually("it has the first") { first.subjects == ["permit/1"] }
                try await engine.unregister("Archive")
                try await engine.publish("permit.issued", about: "permit/2", ["n": 2])
                try await engine.register("Archive", to: ["permit.#"]) { second.note($0) }
                try await eventually("it has the second") { second.subjects == ["permit/2"] }
                #expect(first.subjects == ["permit/1"])
                try await engine.unregister("Archive", deletingQueue: true)
                #expect(try await engine.client.inspect(queue: "lockstep.office.Archive") == nil)
                #expect(try await engine.client.inspect(queue: "lockstep.office.Archive.dead") == nil)
                await #expect(throws: LockstepError.self) { try await engine.unregister("Archive") }
            }
        }
    }

    @Test("two offices never share a name, not even one in another case")
    func names() async throws {
        try await withTemporaryDirectory { directory in
            let engine = try SyncEngine(broker: .local, state: directory.path, logger: Self.quiet)
            try await engine.register("NMB-Office-1", to: ["#"]) { _ in }
            for name in ["NMB-Office-1", "nmb-office-1", "no office", ""] {
                await #expect(throws: LockstepError.self) { try await engine.register(name, to: ["#"]) { _ in } }
            }
            await #expect(throws: LockstepError.self) { try await engine.register("Nothing", to: []) { _ in } }
            await #expect(throws: LockstepError.self) { try await engine.register("Wrong", to: ["a..b"]) { _ in } }
            await #expect(throws: LockstepError.self) {
                try await engine.subscribe("Inside", to: ["#"], callbackURL: "http://127.0.0.1/")
            }
        }
    }

    @Test("a queue that belongs to somebody else is told to whoever registers")
    func mismatch() async throws {
        try await Self.withPlace { host, directory in
            try await host.manage(
                "PUT", "queues/\(host.name)/lockstep.office.Archive",
                #"{"durable":true,"auto_delete":false,"arguments":{}}"#)
            try await Self.withEngine(host, directory) { engine in
                let error = await #expect(throws: LockstepError.self) {
                    try await engine.register("Archive", to: ["#"]) { _ in }
                }
                #expect(error?.code == .topologyMismatch)
                try await host.manage("DELETE", "queues/\(host.name)/lockstep.office.Archive")
                try await engine.register("Archive", to: ["#"]) { _ in }
            }
        }
    }

    @Test("a broker that was emptied is prepared again")
    func emptied() async throws {
        try await Self.withPlace { host, directory in
            try await Self.withEngine(host, directory) { engine in
                try await engine.publish("permit.issued", about: "permit/1", ["a": 1])
                try await host.manage("DELETE", "exchanges/\(host.name)/lockstep.events")
                try await engine.publish("permit.issued", about: "permit/1", ["a": 2])
            }
        }
    }

    @Test("an engine that nobody runs says so, and does not wait for ever")
    func notRunning() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try EngineConfiguration.configuration(.local, origin: "core", state: directory.path)
            let engine = SyncEngine(configuration, patience: .milliseconds(50), logger: Self.quiet)
            let error = await #expect(throws: LockstepError.self) {
                try await engine.publish("permit.issued", about: "permit/1", ["a": 1])
            }
            #expect(error?.message.contains("withSyncEngine") == true)
        }
    }

    @Test("the work's result comes back, and the engine has ended")
    func within() async throws {
        try await Self.withPlace { host, directory in
            let result = try await withSyncEngine(
                broker: .url(host.amqpURL), origin: "core", state: directory.path, logger: Self.quiet
            ) { engine in
                try await engine.publish("permit.issued", about: "permit/1", ["a": 1])
                return engine
            }
            await #expect(throws: LockstepError.self) {
                try await result.publish("permit.issued", about: "permit/1", ["a": 1])
            }
        }
    }
}
