import Foundation
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// A broker that demands a client certificate, and servers that nobody should trust.
    @Suite(.timeLimit(.minutes(4)))
    struct TLSTests {
        /// Runs the closure with a broker that speaks TLS; the endpoint shows the client's certificate.
        private func withBroker(
            _ extraConfig: [String] = [],
            _ body: @Sendable (PrivateBroker, Endpoint, Certificates) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                let certificates = try Certificates(in: directory)
                let (server, client) = (try certificates.server(), try certificates.client())
                let port = try freePort()
                var configuration = PrivateBrokerConfiguration(directory: directory.appending(path: "broker"))
                configuration.management = false
                configuration.extraConfig =
                    [
                        "listeners.ssl.1 = 127.0.0.1:\(port)", "ssl_options.cacertfile = \(certificates.authority)",
                        "ssl_options.certfile = \(server.certificate)", "ssl_options.keyfile = \(server.key)",
                        "ssl_options.verify = verify_peer", "ssl_options.fail_if_no_peer_cert = true",
                    ] + extraConfig
                let tls = TLSOptions(
                    caFile: certificates.authority, certificateFile: client.certificate, keyFile: client.key)
                try await withPrivateBroker(configuration, logger: .quiet) { broker in
                    try await body(broker, Endpoint(host: "localhost", port: port, tls: tls), certificates)
                }
            }
        }

        /// What `run()` of a client throws; for what is hopeless.
        private func failure(_ endpoint: Endpoint) async -> RabbitMQError? {
            var configuration = RabbitMQClientConfiguration(endpoints: [endpoint])
            configuration.connectTimeout = .seconds(2)
            do {
                try await RabbitMQClient(configuration: configuration, logger: .quiet).run()
                return nil
            } catch {
                return error as? RabbitMQError
            }
        }

        /// Also what waits inside the TLS layer, where the socket shows nothing, is found.
        @Test
        func tenThousandMessagesGoThroughAFullWindow() async throws {
            try await withBroker { _, endpoint, _ in
                var configuration = RabbitMQClientConfiguration(endpoints: [endpoint])
                configuration.heartbeat = .seconds(60)
                try await withClient(configuration) { client in
                    try await client.declare(Topology(queues: [.quorum("q")]))
                    let texts = (0..<10_000).map { "\($0) " + String(repeating: "x", count: 500) }
                    try await client.fill("q", texts)
                    // Nothing more arrives until a batch is whole: what lies unread would wait for the next heartbeat.
                    let options = ConsumerOptions(
                        batching: .collect(count: 2_000, within: .seconds(60)), isolateRedelivered: false)
                    let start = ContinuousClock.now
                    #expect(try await client.take(10_000, from: "q", options: options) == texts)
                    #expect(ContinuousClock.now - start < .seconds(40))
                    #expect(client.status.publishing.connects == 1)
                }
            }
        }

        @Test
        func nothingIsLostWhenTheBrokerIsKilled() async throws {
            try await withBroker { broker, endpoint, _ in
                // See RecoveryTests: a new quorum queue is safe only after a while.
                let declaredLongAgo = ContinuousClock.now + .seconds(4)
                try await nothingIsLost([endpoint]) { client, _ in
                    try await Task.sleep(until: declaredLongAgo)
                    try await broker.kill()
                    try await broker.restart()
                    try await eventually("both are back", within: .seconds(60)) { client.status.state == .ready }
                    #expect(client.status.publishing.connects == 2)
                }
            }
        }

        @Test
        func aMissingClientCertificateAndAPlainConnectionAreToldApart() async throws {
            try await withBroker { _, endpoint, _ in
                var anonymous = endpoint
                anonymous.tls = TLSOptions(caFile: endpoint.tls?.caFile)
                let error = await failure(anonymous)
                #expect(error?.code == .tls)
                #expect(error?.message.contains("demands a client certificate") == true)

                var plain = endpoint
                plain.tls = nil
                let other = await failure(plain)
                #expect(other?.code == .tls)
                #expect(other?.message.contains("amqps://") == true)
            }
        }

        private static let onlyTLS12 = ["ssl_options.versions.1 = tlsv1.2"]

        /// In TLS 1.3 the client's side of the handshake is over before the broker has seen the certificate.
        @Test(arguments: [[], onlyTLS12])
        func aClientCertificateOfAnUnknownAuthorityIsRefusedAndNamed(versions: [String]) async throws {
            try await withBroker(versions) { _, endpoint, certificates in
                let foreign = try certificates.client(signedBy: certificates.unknownAuthority())
                var stranger = endpoint
                stranger.tls?.certificateFile = foreign.certificate
                stranger.tls?.keyFile = foreign.key
                let error = await failure(stranger)
                #expect(error?.code == .tls)
                #expect(error?.message.contains("authority of the client certificate") == true, "\(error as Any)")
            }
        }

        @Test
        func aBrokerThatSpeaksOnlyTLS12IsSpokenTo() async throws {
            try await withBroker(Self.onlyTLS12) { _, endpoint, _ in
                try await withClient(RabbitMQClientConfiguration(endpoints: [endpoint])) { client in
                    try await client.declare(Topology(queues: [.quorum("q")]))
                    try await client.fill("q", ["a", "b"])
                    #expect(try await client.take(2, from: "q") == ["a", "b"])
                }
                var anonymous = endpoint
                anonymous.tls = TLSOptions(caFile: endpoint.tls?.caFile)
                let error = await failure(anonymous)
                #expect(error?.code == .tls)
                #expect(error?.message.contains("demands a client certificate") == true, "\(error as Any)")
            }
        }

        /// A server that answers TLS with a certificate: what is wrong with it, and what the error must say.
        enum Flaw: String, CaseIterable {
            case expired = "It has expired"
            case selfSigned = "It is self-signed"
            case unknownAuthority = "Its authority is unknown"
            case otherHost = "is for another host name"
            /// The proof that the server would hear it.
            case none = "does not speak"

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

        @Test(arguments: Flaw.allCases)
        func aServerIsTrustedBeforeItIsSpokenTo(flaw: Flaw) async throws {
            try await withTemporaryDirectory { directory in
                let certificates = try Certificates(in: directory)
                let server = try ListeningServer(try flaw.pair(certificates))
                let endpoint = Endpoint(
                    host: "localhost", port: server.port, user: "someone", password: "secret-word",
                    tls: TLSOptions(caFile: certificates.authority))
                try await eventually("it listens") { server.heard.contains("ACCEPT") }
                var configuration = RabbitMQClientConfiguration(endpoints: [endpoint])
                configuration.connectTimeout = .seconds(2)
                let client = RabbitMQClient(configuration: configuration, logger: .quiet)
                let error: RabbitMQError? = try await withThrowingTaskGroup(of: RabbitMQError?.self) { group in
                    group.addTask {
                        do {
                            try await client.run()
                            return nil
                        } catch {
                            return error as? RabbitMQError
                        }
                    }
                    // The server shakes hands with one of the two connections at a time.
                    try await eventually("an attempt has failed for this reason") {
                        [client.status.consuming, client.status.publishing].contains {
                            $0.lastError?.contains(flaw.rawValue) == true
                        }
                    }
                    // What is hopeless ends by itself.
                    if flaw == .none { group.cancelAll() }
                    return try await group.next() ?? nil
                }
                #expect(error?.code == (flaw == .none ? nil : .tls))
                #expect(server.heard.contains("AMQP") == (flaw == .none), "not even the protocol's name is told")
                #expect(!server.heard.contains("secret-word"))
            }
        }
    }
}
