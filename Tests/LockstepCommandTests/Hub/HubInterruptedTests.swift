import Foundation
import LockstepTesting
import Testing

/// A hub that ends while operations go on, and the next one.
@Suite("What a hub leaves that ends before its operations", .timeLimit(.minutes(3)), .serialized)
struct HubInterruptedTests {
    @Test("is shown as interrupted, and does the rest when it is begun again", arguments: [SIGKILL, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await SampleLetters.publish(1...30, at: site, to: "lockstep.dead", key: "ward-3")
            let hub = try await HubAtWork.start(site)
            let begun = try await hub.send(
                "POST", "/v1/offices/ward-3/dead-letters/replay", type: "application/json",
                body: #"{"all":true,"rate":10,"reason":"mended"}"#, prefer: "respond-async")
            #expect(begun.status == 202, "\(begun.text)")
            let path = "/v1/operations/\(try #require(begun.object?["id"] as? String))"
            try await eventually("it is at work") {
                let operation = try await hub.send("GET", path)
                return operation.object?["done"] as? Int ?? 0 > 0
            }
            hub.command.signal(signal)
            let ended = await hub.command.ended()
            #expect(ended.status == (signal == SIGKILL ? SIGKILL : 0), "\(ended.error)")

            let next = try await HubAtWork.start(site)
            let shown = try await next.send("GET", path)
            #expect(shown.object?["state"] as? String == "interrupted", "\(shown.text)")
            #expect((shown.object?["problem"] as? String)?.contains("begin it again, which is safe") == true)
            #expect(shown.object?["ended"] is String)
            if signal == SIGKILL {
                #expect(next.command.errorSoFar.contains("The hub ended while operations went on"))
            }
            let actions = try await site.actions()
            #expect(actions.count == 1 && (actions.first ?? "").hasPrefix("replayed ward-3 × "), "\(actions)")
            #expect(((actions.first ?? "") == "replayed ward-3 × 0") == (signal == SIGKILL), "\(actions)")
            let again = try await next.send(
                "POST", "/v1/offices/ward-3/dead-letters/replay", type: "application/json",
                body: #"{"all":true,"rate":1000,"reason":"mended"}"#)
            #expect(again.status == 200, "\(again.text)")
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            let office = OfficeAtWork(site)
            try await office.work {
                let (told, left) = (try office.journal.effects().count, try await office.waiting())
                return told >= 30 && left == 0
            }
            #expect(try await site.changes(in: "ward-3") == 30, "each is applied once")
            #expect(try await next.stop().status == 0)
        }
    }
}
