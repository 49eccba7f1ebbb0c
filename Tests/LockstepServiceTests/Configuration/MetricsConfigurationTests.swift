import LockstepService
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MetricsConfigurationTests {
    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1", 9464, true), ("[::1]:0", "::1", 0, true),
        ("localhost:65535", "localhost", 65_535, true),
        ("0.0.0.0:9464", "0.0.0.0", 9464, false), ("127.0.0.1.example.org:1", "127.0.0.1.example.org", 1, false),
        ("[::]:80", "::", 80, false), ("10.127.0.1:80", "10.127.0.1", 80, false),
    ])
    func anAddressKnowsWhoReachesIt(_ text: String, _ host: String, _ port: Int, _ isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:9464", "a b:1", "http://x:1/",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test func withoutTheKeyNothingIsShown() async throws {
        let loaded = try await load("origin: core\n")
        #expect(try #require(loaded.configuration).metrics == MetricsConfiguration())
        #expect(MetricsConfiguration().listen == nil)
    }

    @Test func anAddressThatOthersReachMustBeSaidToBeMeant() async throws {
        let refused = try await load("metrics: { listen: \"0.0.0.0:9464\" }\n")
        #expect(refused.configuration == nil)
        #expect(refused.problems.count == 1)
        #expect(refused.problems.first?.contains("can be reached from other machines") == true)
        let variable = try await load("", variables: ["LOCKSTEP_METRICS_LISTEN": "0.0.0.0:1"])
        #expect(variable.configuration == nil)
        let taken = try await load("metrics: { listen: \"0.0.0.0:9464\", exposed: true }\n")
        #expect(taken.configuration?.metrics.listen == ListenAddress(host: "0.0.0.0", port: 9464))
    }

    @Test func thePortOfTheCommandLineGoesBeforeTheOthers() async throws {
        var options = ConfigurationOptions()
        options.metricsPort = 0
        let alone = try await load("origin: core\n", options: options)
        #expect(alone.configuration?.metrics.listen == ListenAddress(host: "127.0.0.1", port: 0))
        let other = try await load("metrics: { listen: \"[::1]:9464\" }\n", options: options)
        #expect(other.configuration?.metrics.listen == ListenAddress(host: "::1", port: 0))
        let variable = try await load(
            "metrics: { listen: \"127.0.0.1:1\" }\n", variables: ["LOCKSTEP_METRICS_LISTEN": "127.0.0.1:2"])
        #expect(variable.configuration?.metrics.listen?.port == 2)
    }
}
