import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

/// A replay of past events that is killed, and the next one.
@Suite("A replay of past events killed at every point", .timeLimit(.minutes(3)), .serialized)
struct PastEventCrashTests {
    @Test(
        "the next one sends all, and each is applied once",
        arguments: [CrashPoint.actionBegun, .sentAgain, .actionDone])
    func killed(point: CrashPoint) async throws {
        try await withSite(offices: OfficeAtWork.configured + "archive: { keep: 1d, size: 20 MiB }\n") { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(12, about: (0..<4).map { "permit/\($0)" }, to: office.url)
            // The office was there, and has lost what came.
            _ = try await withClient(of: office.url) { try await $0.purge(queue: "lockstep.office.ward-3") }
            let replay = ["replay", "ward-3", "--rate", "30", "--reason", "its disk was lost"]
            try await site.runKilled(at: point, pass: point == .sentAgain ? 2 : 1, replay)
            #expect(try await site.actions() == ["replayed ward-3 × 0"])
            let events = trace.events.count
            try await eventually("what was sent before is there") {
                let sent = try await office.waiting() ?? 0
                switch point {
                case .actionBegun: return sent == 0
                case .sentAgain: return (1..<events).contains(sent)
                default: return sent == events
                }
            }
            try await site.finish(replay, after: point)
            try await trace.publish(to: office.url)
            try await office.work(through: trace)
            let verdict = try await trace.judge(try await office.history(of: trace.events))
            #expect(verdict.isClean, "\(verdict)")
            #expect(try await site.changes(in: "ward-3") == trace.events.count, "each has changed its record once")
            #expect(try await office.waiting() == 0)
        }
    }
}
