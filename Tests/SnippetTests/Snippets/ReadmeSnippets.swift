import Lockstep
import LockstepHTTP
import LockstepService

enum ReadmeSnippets {
    static func engine(_ slots: Slots) async throws {
        try await withSyncEngine(broker: .local) { engine in
            try await engine.subscribe(
                "NMB-Office-1", to: ["policy.*"], callbackURL: "https://nmb-office1.example/sync_callback")
            try await engine.register("SchedulingTool", to: ["permit.#"]) { change in try await slots.move(change) }
            try await engine.publish("policy.started", about: "policy/YSP-2024", ["start_date": "2024-04-01"])
            await engine.untilStopped()
        }
    }

    static func adapter(_ engine: SyncEngine, _ slots: Slots) async throws {
        struct PermitDesk: Adapter {
            let slots: Slots

            func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
                var outcomes: [ApplyOutcome] = []
                for change in changes {
                    if let data = change.data, data["DAY"] == nil {
                        outcomes.append(.refused("the permit has no day"))  // a dead letter
                    } else {  // no data: the record is deleted
                        try await slots.put(change.subject, change.data)  // what this throws is tried again
                        outcomes.append(.applied)
                    }
                }
                return outcomes
            }
        }
        try await engine.register("ward-3", to: ["permit.*.ward-3"], adapter: PermitDesk(slots: slots))
    }
}
