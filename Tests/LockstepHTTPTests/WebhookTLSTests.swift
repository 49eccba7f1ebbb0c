import Foundation
import Lockstep
import LockstepHTTP
import LockstepTesting
import Logging
import Testing

@Suite("A webhook over TLS", .timeLimit(.minutes(1)))
struct WebhookTLSTests {
    /// What is wrong with a server, and what the outcome must say of it; nil: nothing is.
    enum Flaw: String, CaseIterable {
        case expired, selfSigned, unknownAuthority, otherHost, none

        var said: String? {
            switch self {
            case .expired, .selfSigned, .unknownAuthority: "its certificate is not trusted"
            case .otherHost: "its certificate is for another host name"
            case .none: nil
            }
        }

        func pair(_ certificates: Certificates) throws -> Certificates.Pair {
            switch self {
            case .expired: try certificates.server(days: -1)
            case .selfSigned: try certificates.selfSigned()
            case .unknownAuthority: try certificates.server(signedBy: certificates.unknownAuthority())
            case .otherHost: try certificates.server("elsewhere")
            case .none: try certificates.server()
            }
        }
    }

    private static func apply(to url: String, _ options: WebhookOptions) async throws -> ApplyOutcome? {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let change = Change(
            subject: try Subject("permit/1"), version: try Version("0190c5a2b3c40000-core"), data: ["secret": "word"],
            types: ["permit.issued"])
        return try await WebhookAdapter(url: url, options: options)
            .apply([change], in: AdapterContext(office: try OfficeName("ward-3"), logger: quiet)).first
    }

    private static func options(_ certificates: Certificates) -> WebhookOptions {
        var options = WebhookOptions()
        options.allowPrivateAddresses = true
        options.caFile = certificates.authority
        options.timeout = .seconds(10)
        return options
    }

    @Test("is trusted before it is told anything; where it is not, the change is tried again", arguments: Flaw.allCases)
    func certificate(_ flaw: Flaw) async throws {
        try await withTemporaryDirectory { directory in
            let certificates = try Certificates(in: directory)
            let pair = try flaw.pair(certificates)
            let identity = ScriptedHTTPServer.Identity(certificate: pair.certificate, key: pair.key)
            try await withScriptedHTTPServer(showing: identity) { server in
                let start = ContinuousClock.now
                let outcome = try await Self.apply(to: server.url, Self.options(certificates))
                if let said = flaw.said {
                    // An office's certificate is renewed one day; until then its changes wait.
                    #expect(outcome?.mayPass == true)
                    let text = "\(outcome, default: "nothing")"
                    #expect(text.contains("the webhook cannot be reached (\(said)"), "\(text)")
                    #expect(server.requests.isEmpty)
                    #expect(ContinuousClock.now - start < .seconds(12), "it is known at once")
                } else {
                    #expect(outcome == .applied)
                    #expect(server.requests.count == 1)
                }
            }
        }
    }

    @Test("that speaks none is told nothing, and the change is tried again")
    func plain() async throws {
        try await withTemporaryDirectory { directory in
            let certificates = try Certificates(in: directory)
            try await withScriptedHTTPServer { _ in
                .status(200)
            } body: { server in
                let url = "https://localhost:\(server.port)/callback"
                var options = Self.options(certificates)
                options.timeout = .milliseconds(300)
                let outcome = try await Self.apply(to: url, options)
                #expect(outcome?.mayPass == true)
                #expect(server.requests.isEmpty)
            }
        }
    }
}
