import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Lockstep
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle

/// Serves the hub's API over HTTP: what `GET /openapi.json` describes.
///
/// A service: on graceful shutdown it takes no new connections, and answers what it has taken. A port that cannot be
/// had ends it.
public struct HubServer: Service {
    /// Where it listens, and what requests are held to.
    public struct Settings: Sendable {
        /// The host to listen on.
        public var host = "127.0.0.1"
        /// The port; 0: any that is free, and the log says which.
        public var port = 8470
        /// The PEM files of the certificate (with what it was issued by) and of its key; nil: no TLS.
        public var tls: (certificate: String, key: String)?
        /// What requests are held to.
        public var limits = RequestLimits()
        /// Whether those without a token, where none is needed, must name this machine itself in the field `Host`.
        public var checksHost = true

        /// A port on this machine only.
        public init() {}
    }

    private let settings: Settings
    private let backend: any HubBackend
    private let logger: Logger
    private let started: @Sendable (_ port: Int) -> Void

    /// A server, which does nothing before ``run()``.
    ///
    /// - Parameter started: Told the port once it listens.
    public init(
        _ settings: Settings, backend: any HubBackend, logger: Logger,
        started: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.backend = backend
        self.logger = logger
        self.started = started
    }

    /// Serves until the service group shuts down.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where it cannot listen, or the certificate cannot be used.
    public func run() async throws {
        let (settings, logger, started) = (settings, logger, started)
        var quiet = logger
        // What the server says of itself and of each request belongs in nobody's log.
        quiet.logLevel = .critical
        let gate = HubGate(
            backend: backend, limits: settings.limits,
            limiter: RateLimiter(rate: settings.limits.rate, burst: settings.limits.burst),
            checksHost: settings.checksHost, logger: logger)
        let application = Application(
            router: HubRouter(backend).router(gate),
            server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connections)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                logger.info(
                    "The hub listens",
                    metadata: [
                        "address": "\(settings.host):\(port)", "tls": "\(settings.tls != nil)",
                    ])
                started(port)
            },
            logger: quiet
        )
        do {
            try await application.run()
        } catch is CancellationError {
            return
        } catch let error as LockstepError {
            throw error
        } catch {
            throw LockstepError(
                .invalidConfiguration,
                "The hub cannot listen on \(settings.host):\(settings.port): \(error). Set hub.listen to an address of this "
                    + "machine and a port that is free.", underlying: error)
        }
    }

    private func server() throws(LockstepError) -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .seconds(max(1, settings.limits.patience.components.seconds)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)))
        guard let tls = settings.tls else { return plain }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
            return try .tls(
                plain,
                tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        } catch {
            throw LockstepError(
                .invalidConfiguration,
                "The hub's certificate cannot be used: \(error). Check hub.tls: both files are PEM, and the key is the "
                    + "certificate's.", underlying: error)
        }
    }
}
