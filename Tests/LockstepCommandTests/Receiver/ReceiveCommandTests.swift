import Foundation
import Lockstep
import LockstepHTTP
import LockstepTesting
import Logging
import Testing

/// `lockstep receive` as a process, and a sender that posts to it.
@Suite("A receiver that is killed", .timeLimit(.minutes(3)), .serialized)
struct ReceiveCommandTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let configured = "  ward-3: { receive: { listen: \"127.0.0.1:0\", secretFile: secret } }\n"

    private static func start(_ site: Site, crash: String? = nil) async throws -> (ChildCommand, WebhookAdapter) {
        let child = try site.start("receive", "ward-3", environment: crash.map { ["LOCKSTEP_CRASH": $0] } ?? [:])
        try await eventually("it listens") { child.errorSoFar.contains("The office receives") }
        let address = try #require(
            child.errorSoFar.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("url=") }?.dropFirst(4))
        var options = WebhookOptions(secret: try WebhookSecret(secret))
        options.allowPrivateAddresses = true
        return (child, try WebhookAdapter(url: String(address), options: options))
    }

    private static func apply(_ number: Int, to adapter: WebhookAdapter) async throws -> ApplyOutcome {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let change = Change(
            subject: try Subject("permit/\(number)"), version: try Version("0190c5a2b3c4000\(number)-core"),
            data: ["number": JSONText(integerLiteral: number)], types: ["permit.issued"])
        return try await adapter.apply(
            [change], in: AdapterContext(office: try OfficeName("ward-3"), logger: quiet))[0]
    }

    @Test("between commit and answer has it once when the sender asks again", arguments: ["merged", "committed"])
    func killed(at point: String) async throws {
        try await withSite(offices: Self.configured, applying: false) { site in
            try Self.secret.write(
                to: site.directory.appending(path: "secret"), atomically: true, encoding: .utf8)
            let (first, adapter) = try await Self.start(site, crash: "\(point):2")
            #expect(try await Self.apply(1, to: adapter) == .applied)
            #expect(try await Self.apply(2, to: adapter).mayPass)
            _ = await first.ended()
            let kept = try await site.records(of: "ward-3").keys.sorted()
            #expect(kept == (point == "merged" ? ["permit/1"] : ["permit/1", "permit/2"]))

            let (second, again) = try await Self.start(site)
            #expect(try await Self.apply(2, to: again) == .applied)
            #expect(try await Self.apply(1, to: again) == .applied)
            #expect(
                try await site.records(of: "ward-3")
                    == ["permit/1": #"{"number":1}"#, "permit/2": #"{"number":2}"#])
            second.signal(SIGTERM)
            #expect(await second.ended().status == 0)
        }
    }

    @Test("it does not begin without a secret")
    func withoutASecret() async throws {
        try await withSite(offices: "  ward-3: { receive: { listen: \"127.0.0.1:0\" } }\n", applying: false) { site in
            let ended = try await site.run("receive", "ward-3")
            #expect(ended.status != 0 && ended.error.contains("secret"), "\(ended.error)")
        }
    }
}
