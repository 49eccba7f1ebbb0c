import Lockstep
import LockstepHTTP
import LockstepService
import Logging
import ServiceLifecycle
import UnixSignals

enum EngineSnippets {
    static func closure(_ slots: Slots) async throws {
        try await withSyncEngine(broker: .local) { engine in
            try await engine.register("SchedulingTool", to: ["permit.#"]) { change in try await slots.move(change) }
            await engine.untilStopped()
        }
    }

    static func group(_ slots: Slots, _ logger: Logger) async throws {
        let engine = try SyncEngine(
            url: "amqps://core:secret@broker.example/", origin: "core", state: "/var/lib/permits/lockstep")
        try await engine.register("SchedulingTool", to: ["permit.#"]) { change in try await slots.move(change) }
        try await ServiceGroup(services: [engine], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }

    static func trigger(_ engine: SyncEngine) async throws {
        try await engine.trigger("permit.issued", about: "permit/24-019651", ["STATUS": "Issued"], scope: "ward-3")
    }

    static func subscribe(_ engine: SyncEngine, _ secret: String) async throws {
        var options = WebhookOptions(secret: try WebhookSecret(secret))
        options.timeout = .seconds(5)
        try await engine.subscribe(
            "NMB-Office-1", to: ["policy.*"], callbackURL: "https://nmb-office1.example/sync_callback", options: options
        )
    }

    static func edit(_ engine: SyncEngine) async throws {
        try await engine.edit(
            "SchedulingTool", RecordEdit(try Subject("permit/24-019651"), ["slot": "2024-07-04T09:00:00Z"]))
    }

    static func operations(_ logger: Logger) async throws {
        let configuration = try Configuration.load()
        let operations = Operations(configuration, logger: logger)
        try await operations.work(for: try configuration.allOffices())  // until SIGTERM or SIGINT
    }
}
