import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

/// Queues that are made anew or deleted by commands that are killed at each point, one after the other.
@Suite("A command on queues killed at every point", .timeLimit(.minutes(5)), .serialized)
struct QueueCrashTests {
    /// Where a migration goes on after a death at the point before; what nothing is moved after comes last.
    private static let migration: [CrashPoint] =
        [.migrationPaused, .actionBegun, .moved] + CrashPoint.ofMigrations + [.actionDone]

    @Test("a migration goes on where it was, loses nothing, and ends the pauses that it began")
    func migration() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(5, about: ["permit/1", "permit/2"], to: office.url)
            try "origin: core\noffices:\n  ward-3: { events: [\"#\"], limit: 5000 }\n".write(
                to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let migrate = ["topology", "migrate", "ward-3", "--reason", "it has a limit now"]
            for point in Self.migration {
                try await site.runKilled(at: point, migrate)
                try await trace.publish(2, about: ["permit/1", "permit/2"], to: office.url)
                #expect(try await site.pauses() == ["migration"], "\(point)")
            }
            try await site.finish(migrate, after: .actionDone)
            #expect(try await site.pauses().isEmpty, "the office goes on")
            #expect(try await site.depth("lockstep.office.ward-3.migration") == nil)
            #expect(try await site.run("topology", "check").status == 0)
            #expect(try await site.actions().contains("migrated lockstep.office.ward-3 × 0"))

            try await trace.publish(to: office.url)
            try await office.work(through: trace)
            let verdict = try await trace.judge(try await office.history(of: trace.events))
            #expect(verdict.isClean, "\(verdict)")
            #expect(try await site.changes(in: "ward-3") <= trace.events.count, "nothing is applied twice")
            #expect(try await office.waiting() == 0)
        }
    }

    @Test("a migration that has done all but end its pauses leaves that to the next one")
    func paused() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try "origin: core\noffices:\n  ward-3: { events: [\"#\"], limit: 5000 }\n".write(
                to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let migrate = ["topology", "migrate", "--reason", "it has a limit now"]
            try await site.runKilled(at: .migrated, migrate)
            #expect(try await site.pauses() == ["migration"])
            try await site.finish(migrate, after: .migrated)
            #expect(try await site.pauses().isEmpty)
        }
    }

    @Test("a deletion is finished by the next one, and keeps every delivery as a dead letter")
    func deletion() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let create = ["subscriptions", "create", "registry", "--events", "permit.#", "--reason", "they asked"]
            try await site.finish(create, after: .leaving)
            try await SampleLetters.publish(1...5, at: site, to: "lockstep.events", key: "permit.issued")
            let delete = ["subscriptions", "delete", "registry", "--move-to-dead-letters", "--reason", "they left"]
            for point in CrashPoint.ofDeletions {
                try await site.runKilled(at: point, delete)
            }
            try await site.finish(delete, after: .actionNoted)
            for queue in ["lockstep.office.registry", "lockstep.office.registry.control"] {
                #expect(try await site.depth(queue) == nil, "\(queue)")
            }
            #expect(try await site.pauses().isEmpty)
            #expect(try await site.actions().contains("deleted registry × 1"))
            let letters = Set(try await site.deadLetters(of: "registry").map(\.id))
            #expect(letters == Set((1...5).map { "event-\($0)" }))
            // And whoever makes it anew can have them, each once.
            try await site.finish(create, after: .actionNoted)
            try await site.finish(
                ["dead-letters", "replay", "registry", "--all", "--reason", "they are back"], after: .actionNoted)
            let worker = try site.start("worker", "registry")
            try await eventually("all are applied") { try await site.records(of: "registry").count == 5 }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            #expect(try await site.changes(in: "registry") == 5)
        }
    }
}

extension Site {
    /// Why offices are paused.
    fileprivate func pauses() async throws -> [String] {
        let ended = try await run("subscriptions", "list", "--json")
        let rows = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [[String: Any]] ?? []
        return rows.compactMap { $0["pauseCause"] as? String }
    }
}
