import LockstepService
import RabbitMQ
import Testing

@Suite("TLS in configurations")
struct TLSConfigurationTests {
    static let files = ["ca.pem": "", "own.pem": "", "own.key": ""]

    static let levels: [(verify: String, peer: Bool, hostname: Bool)] = [
        ("full", true, true), ("authority", true, false), ("none", false, false),
    ]

    @Test("TLS options reach every endpoint that speaks TLS", arguments: levels)
    func reachesEndpoints(verify: String, peer: Bool, hostname: Bool) async throws {
        let loaded = try await load(
            """
            broker:
              urls: [amqps://one/, amqps://two/]
              tls: { ca: ca.pem, certificate: own.pem, key: own.key, verify: \(verify) }
            """,
            files: Self.files
        )
        #expect(loaded.problems == [])
        for endpoint in try #require(loaded.configuration?.broker.endpoints) {
            let tls = try #require(endpoint.tls)
            #expect(tls.caFile?.hasSuffix("/ca.pem") == true)
            #expect(tls.certificateFile?.hasSuffix("/own.pem") == true)
            #expect(tls.keyFile?.hasSuffix("/own.key") == true)
            #expect(tls.verifyPeer == peer)
            #expect(tls.verifyHostname == hostname)
        }
        #expect(loaded.configuration?.broker.management.url == "https://one:15671/")
    }

    static let refused: [(yaml: String, problems: [String])] = [
        (
            "broker: { url: \"amqps://one/\" }",
            ["1:16: amqps:// needs to know whom to trust; add a block tls: { ca: ca.pem } beside it"]
        ),
        (
            "broker: { url: \"amqp://one/\", tls: { ca: ca.pem } }",
            ["1:36: 'tls' is given, but the broker's URL begins with amqp://; write amqps://"]
        ),
        (
            "broker: { url: \"amqps://one/\", tls: { key: own.key } }",
            [
                "1:37: 'tls' does not say whom to trust; name the PEM file of the authority, like ca: ca.pem",
                "1:37: 'certificate' and 'key' belong together; name both files, or neither",
            ]
        ),
        (
            "broker: { url: \"amqps://one/\", tls: { ca: ca.pem, verify: yes } }",
            ["1:59: 'verify' is one of full, authority, none, not 'yes'"]
        ),
    ]

    @Test("TLS options that cannot work are refused", arguments: refused)
    func refuses(yaml: String, problems: [String]) async throws {
        let loaded = try await load(yaml, files: Self.files)
        #expect(loaded.problems == problems.map { "lockstep.yaml:" + $0 })
    }

    @Test("a file that is not there is named with its path")
    func missingFile() async throws {
        let loaded = try await load("broker: { url: \"amqps://one/\", tls: { ca: nowhere.pem } }")
        #expect(loaded.problems.count == 1)
        let problem = try #require(loaded.problems.first)
        #expect(problem.hasPrefix("lockstep.yaml:1:43: 'ca' names the file /"))
        #expect(
            problem.hasSuffix("/nowhere.pem, which is not there or may not be read; check the path and its permissions")
        )
    }
}
