import FoundationEssentials
import Lockstep
import LockstepService
import LockstepTesting
import Testing

@Suite("Callbacks in configurations")
struct CallbackConfigurationTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    private func load(callback: String, files: [String: String] = [:]) async throws -> Loaded {
        try await LockstepServiceTests.load(
            "offices: { a: { events: [\"#\"], callback: \(callback) } }",
            variables: ["SECRET": Self.secret, "OLD": Self.other, "TOKEN": "TOPSECRET", "BAD": "whsec_TOPSECRET"],
            files: files)
    }

    @Test("every key of a callback is read")
    func readsAll() async throws {
        let loaded = try await load(
            callback: """
                { url: "https://office.example.org/${TOKEN}/x", content: events, mode: binary, secret: "${SECRET}",
                  timeout: 2s, privateAddresses: true, ca: ca.pem, handshake: lockstep.example.org }
                """,
            files: ["ca.pem": "x"])
        #expect(loaded.problems == [])
        let callback = try #require(loaded.configuration?.offices.first?.callback)
        #expect(callback.url == "https://office.example.org/TOPSECRET/x")
        #expect(callback.content == .events && callback.mode == .binary)
        #expect(callback.secrets == [Self.secret])
        #expect(callback.timeout == .seconds(2))
        #expect(callback.allowsPrivateAddresses && callback.asksPermission)
        #expect(callback.sender == "lockstep.example.org")
        #expect(callback.caFile?.hasSuffix("/ca.pem") == true)
    }

    @Test("a URL is enough")
    func defaults() async throws {
        let loaded = try await load(callback: "{ url: https://office.example.org/x }")
        #expect(loaded.configuration?.offices.first?.callback == Callback(url: "https://office.example.org/x"))
        let none = try await LockstepServiceTests.load("offices: { a: { events: [\"#\"] } }")
        #expect(none.configuration?.offices.first?.callback == nil)
    }

    @Test("who wants every event wants them in order, unless it says otherwise")
    func order() async throws {
        for (rest, order) in [("", DeliveryOrder.record), (", order: arrival", .arrival)] {
            let loaded = try await LockstepServiceTests.load(
                "offices: { a: { events: [\"#\"], callback: { url: https://a.org/, content: events }\(rest) } }")
            #expect(loaded.configuration?.offices.first?.order == order)
        }
    }

    @Test("several secrets stand in a list, or in a file with one in each line")
    func severalSecrets() async throws {
        let listed = try await load(callback: "{ url: https://a.org/, secrets: [\"${SECRET}\", \"${OLD}\"] }")
        #expect(listed.configuration?.offices.first?.callback?.secrets == [Self.secret, Self.other])
        let filed = try await load(
            callback: "{ url: https://a.org/, secretFile: secrets }",
            files: ["secrets": "\(Self.secret)\n\(Self.other)\n\n"])
        #expect(filed.configuration?.offices.first?.callback?.secrets == [Self.secret, Self.other])
    }

    @Test(
        "what cannot be used is refused, and no secret is repeated",
        arguments: [
            ("{ }", "does not say where"), ("{ url: ftp://a.org/ }", "must begin with https://"),
            ("{ url: \"https://u:TOPSECRET@a.org/\" }", "must not hold a user"),
            ("{ url: http://127.0.0.1/ }", "is not public"), ("{ url: http://2130706433/ }", "is not public"),
            ("{ url: https://a.org/, content: all }", "'content' is one of state, events"),
            ("{ url: https://a.org/, secret: whsec_TOPSECRETTOPSECRETTOPSECRETTOPS }", "plain text"),
            ("{ url: https://a.org/, secrets: [whsec_TOPSECRETTOPSECRETTOPSECRETTOPS] }", "plain text"),
            ("{ url: https://a.org/, secret: \"${BAD}\" }", "must be 'whsec_'"),
            ("{ url: https://a.org/, secret: \"${MISSING}\" }", "MISSING is not set"),
            ("{ url: https://a.org/, secretFile: bad }", "must be 'whsec_'"),
            ("{ url: https://a.org/, secretFile: empty }", "has no secret"),
            ("{ url: https://a.org/, secretFile: bad, secret: \"${SECRET}\" }", "stands beside"),
            ("{ url: https://a.org/, timeout: 61s }", "needs a duration"),
            ("{ url: https://a.org/, handshake: yes please }", "'handshake' is true, false, or"),
            ("{ url: https://a.org/, ca: none.pem }", "is not there"),
            ("{ url: https://a.org/, secrte: x }", "did you mean 'secret'?"),
        ])
    func refuses(_ callback: String, _ reason: String) async throws {
        let loaded = try await load(callback: callback, files: ["bad": "TOPSECRET", "empty": "\n"])
        #expect(loaded.problems.count == 1)
        #expect(loaded.problems.first?.contains(reason) == true, "\(loaded.problems)")
        #expect(!loaded.problems.joined().contains("TOPSECRET"))
    }

    @Test("neither 'config check' nor a description shows a secret, nor the path that may be one")
    func silent() async throws {
        let loaded = try await load(
            callback: "{ url: \"https://office.example.org:8443/${TOKEN}\", secret: \"${SECRET}\" }")
        let configuration = try #require(loaded.configuration)
        let summary = ConfigurationSummary(configuration)
        #expect(summary.offices.first?.callback == "https://office.example.org:8443")
        var dumped = ""
        dump(configuration, to: &dumped)
        let texts = [dumped, "\(configuration)", String(reflecting: configuration), summary.text(width: nil)]
        for text in texts { #expect(!text.contains("TOPSECRET") && !text.contains("whsec_")) }
        #expect(dumped.contains("office.example.org:8443"))
    }

    @Test(
        "what may be shown of a URL, even of one that cannot be used",
        arguments: [
            ("https://a.org/x?y", "https://a.org"), ("http://u:p@a.org:81/x@y", "http://a.org:81"), ("a.org/x", ""),
            ("https://a.org?token=@x", "https://a.org"), ("https://[::1]:8/x", "https://[::1]:8"),
        ])
    func place(_ url: String, _ place: String) {
        #expect(Callback(url: url).place == place)
    }
}
