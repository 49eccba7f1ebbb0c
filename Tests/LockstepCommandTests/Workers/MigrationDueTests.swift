import Foundation
import LockstepTesting
import Testing

/// An office whose queue is not as the configuration asks for, since nobody has migrated it yet.
@Suite("A worker whose queue is to be migrated", .timeLimit(.minutes(3)))
struct MigrationDueTests {
    @Test("works on with the queue as it is, says so loudly, and nothing is due after the migration")
    func worksOn() async throws {
        try await withSite(offices: "  ward-3: { events: [\"permit.#\"] }\n") { site in
            try "origin: core\noffices:\n  ward-3: { events: [\"permit.#\", \"policy.#\"], limit: 5000 }\n".write(
                to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let worker = try site.start("worker", "ward-3")
            try await eventually("it says so") {
                worker.errorSoFar.contains("run 'lockstep topology migrate'") || !worker.isRunning
            }
            try await site.run("publish", "permit.issued", "--about", "permit/1", "{}")
            try await eventually("it works") { try await site.records(of: "ward-3").count == 1 }
            try await site.run("publish", "policy.started", "--about", "policy/1", "{}")
            try await eventually("what it newly wants comes, too") { try await site.records(of: "ward-3").count == 2 }
            let doctor = try await site.run("doctor")
            #expect(doctor.status != 0)
            #expect(doctor.output.contains("a migration is due"), "\(doctor.output)")
            #expect(doctor.output.contains("lockstep topology migrate"))

            let migrated = try await site.run("topology", "migrate", "--reason", "it has a limit now")
            #expect(migrated.status == 0, "\(migrated.error)")
            try await site.run("publish", "permit.issued", "--about", "permit/2", "{}")
            try await eventually("it works on") { try await site.records(of: "ward-3").count == 3 }
            #expect(try await !site.run("doctor").output.contains("a migration is due"))
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }
}
