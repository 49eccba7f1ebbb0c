import AsyncHTTPClient
import NIOCore
import NIOSSL

/// An HTTP client whose one host is at one address, whatever a name server says later.
final class PinnedClient: Sendable {
    /// Where it connects to.
    let address: IPAddress
    let client: HTTPClient

    /// A client for a host; it connects when it is asked.
    init(_ host: String, at address: IPAddress, options: WebhookOptions) {
        var settings = HTTPClient.Configuration()
        settings.dnsOverride = [host: address.description]
        settings.redirectConfiguration = .disallow
        settings.httpVersion = .http1Only
        // One failed connect is an answer: Lockstep decides when to try again.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, options.concurrency)
        settings.connectionPool.idleTimeout = .seconds(30)
        settings.timeout.connect = .milliseconds(max(1, Int64(options.timeout / .milliseconds(1))))
        if let caFile = options.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(caFile)
            settings.tlsConfiguration = tls
        }
        self.address = address
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Whoever used it last closes its connections.
    deinit {
        client.shutdown { _ in }
    }
}
