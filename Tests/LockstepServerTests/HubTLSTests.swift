import AsyncHTTPClient
import Foundation
import Lockstep
import LockstepServer
import LockstepTesting
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// The hub over TLS.
@Suite("The hub over TLS", .timeLimit(.minutes(1)))
struct HubTLSTests {
    @Test func showsItsCertificateAndHasNoEarForPlainText() async throws {
        try await withTemporaryDirectory { directory in
            let certificates = try Certificates(in: directory)
            let pair = try certificates.server("localhost")
            try await withHub(ModelBackend(), tls: (pair.certificate, pair.key)) { hub in
                var configuration = HTTPClient.Configuration()
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .file(certificates.authority)
                configuration.tlsConfiguration = tls
                let client = HTTPClient(configuration: configuration)
                let request = HTTPClientRequest(url: "https://localhost:\(hub.port)/healthz")
                let answer = try await client.execute(request, timeout: .seconds(20))
                #expect(answer.status.code == 200)
                try await client.shutdown()
                let plain = try await RawRequest.answer(
                    to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: hub.port)
                #expect(!plain.contains("alive"))
            }
        }
    }

    @Test func doesNotStartWithACertificateThatIsNone() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "no.pem")
            try Data("no certificate".utf8).write(to: file)
            var settings = HubServer.Settings()
            settings.port = 0
            settings.tls = (file.path, file.path)
            let server = HubServer(
                settings, backend: ModelBackend(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: LockstepError.self) { try await server.run() }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("hub.tls") == true)
        }
    }
}
