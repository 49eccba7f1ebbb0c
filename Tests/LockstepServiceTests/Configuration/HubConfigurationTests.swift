import Foundation
import LockstepService
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HubConfigurationTests {
    @Test func withoutTheKeyItListensOnThisMachineOnly() async throws {
        let loaded = try await load("origin: core\n")
        let hub = try #require(loaded.configuration).hub
        #expect(hub == HubConfiguration())
        #expect(hub.listen == ListenAddress(host: "127.0.0.1", port: 8470))
        #expect(!hub.exposed)
    }

    @Test func anAddressThatOthersReachNeedsTLSOrAnExplicitWord() async throws {
        let refused = try await load("hub: { listen: \"0.0.0.0:8470\" }\n")
        #expect(refused.problems.first?.contains("without TLS") == true)
        let variable = try await load("", variables: ["LOCKSTEP_HUB_LISTEN": "0.0.0.0:1"])
        #expect(variable.configuration == nil)
        let meant = try await load("hub: { listen: \"0.0.0.0:8470\", exposed: true }\n")
        #expect(meant.configuration?.hub.exposed == true)
        let secure = try await load(
            "hub: { listen: \"0.0.0.0:8470\", tls: { certificate: a.pem, key: b.pem } }\n",
            files: ["a.pem": "", "b.pem": ""])
        #expect(secure.configuration?.hub.tls?.key.lastPathComponent == "b.pem", "\(secure.problems)")
    }

    @Test func aCertificateNeedsItsKeyAndBothFiles() async throws {
        let half = try await load("hub: { tls: { certificate: a.pem } }\n", files: ["a.pem": ""])
        #expect(half.problems.count == 1)
        #expect(half.problems.first?.contains("'certificate' and 'key'") == true)
        let missing = try await load("hub: { tls: { certificate: a.pem, key: b.pem } }\n", files: ["a.pem": ""])
        #expect(missing.problems.first?.contains("b.pem") == true)
    }

    @Test func whatRequestsAreHeldToIsRead() async throws {
        let loaded = try await load("hub: { requests: { size: 64 KiB, rate: 5, burst: 7, within: 2s } }\n")
        let requests = try #require(loaded.configuration).hub.requests
        #expect(requests.size == 65_536)
        #expect(requests.rate == 5)
        #expect(requests.burst == 7)
        #expect(requests.within == .seconds(2))
        let bad = try await load("hub: { requests: { size: 1, rate: 0, within: 1h } }\n")
        #expect(bad.problems.count == 3)
    }

    @Test func whetherMadeCallbacksMayBePrivateIsRead() async throws {
        #expect(try await load("hub: { privateAddresses: true }\n").configuration?.hub.privateAddresses == true)
        #expect(try await load("hub: { privateAddresses: maybe }\n").problems.count == 1)
    }

    @Test func theCommandLineGoesBeforeTheFile() async throws {
        var options = ConfigurationOptions()
        options.hubListen = "[::1]:0"
        let loaded = try await load("hub: { listen: \"127.0.0.1:1\" }\n", options: options)
        #expect(loaded.configuration?.hub.listen == ListenAddress(host: "::1", port: 0))
    }
}
