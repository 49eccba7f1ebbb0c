import Foundation
import Lockstep
import LockstepHTTP
import LockstepTesting
import Logging
import Testing

/// A hundred offices in one process, each with a webhook of its own.
@Suite("Many webhooks", .timeLimit(.minutes(1)), .serialized)
struct HangingWebhookTests {
    private static let offices = 100
    private static let calls = 8

    private static func apply(_ adapter: WebhookAdapter, _ number: Int) async throws -> ApplyOutcome? {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let change = Change(
            subject: try Subject("permit/\(number)"), version: try Version("0190c5a2b3c40000-core"),
            data: ["status": "Issued"], types: ["permit.issued"])
        return try await adapter.apply(
            [change], in: AdapterContext(office: try OfficeName("ward-3"), logger: quiet)
        ).first
    }

    /// How long the slowest one in a hundred calls of the healthy offices takes while one office's webhook hangs, or
    /// answers as the others do.
    private static func round(hanging: Bool, _ adapters: [WebhookAdapter]) async throws -> Duration {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for adapter in adapters.dropFirst() {
                group.addTask {
                    var times: [Duration] = []
                    for number in 0..<calls {
                        let start = ContinuousClock.now
                        let outcome = try await apply(adapter, number)
                        times.append(ContinuousClock.now - start)
                        #expect(outcome == .applied)
                    }
                    return times
                }
            }
            let odd = Task {
                for number in 0..<(hanging ? 1 : calls) { _ = try await apply(adapters[0], number) }
            }
            var times: [Duration] = []
            for try await some in group { times += some }
            odd.cancel()
            let end = await odd.result
            // It was hanging for as long as the others worked.
            if hanging { #expect(throws: (any Error).self) { try end.get() } }
            return times.sorted()[times.count * 99 / 100]
        }
    }

    @Test("one that hangs slows the others down by less than twice")
    func hanging() async throws {
        try await withScriptedHTTPServer { request in
            request.path == "/0/hangs" ? .never : .status(200)
        } body: { server in
            var options = WebhookOptions()
            options.allowPrivateAddresses = true
            options.timeout = .seconds(50)
            let base = "http://127.0.0.1:\(server.port)"
            let healthy = try (0..<Self.offices).map { try WebhookAdapter(url: "\(base)/\($0)", options: options) }
            let withOneHanging = [try WebhookAdapter(url: "\(base)/0/hangs", options: options)] + healthy.dropFirst()
            // The first calls connect.
            _ = try await Self.round(hanging: false, healthy)
            var (calm, hung): ([Duration], [Duration]) = ([], [])
            // In turn, so that what else the machine does meets both.
            for _ in 0..<3 {
                calm.append(try await Self.round(hanging: false, healthy))
                hung.append(try await Self.round(hanging: true, withOneHanging))
            }
            let ratio = try #require(hung.min()) / #require(calm.min())
            print("one hanging webhook among \(Self.offices): the others' p99 × \(ratio), \(calm) and \(hung)")
            #expect(ratio < 2)
        }
    }

}
