import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle

/// Takes in what is posted to one path over HTTP, and lets senders ask for permission there.
///
/// | request | answer |
/// |---|---|
/// | `POST` to the path | what ``Content/take`` says; 413 where the body is too large, 408 where it is too slow |
/// | `OPTIONS` of the path | 200: the origin that asks may post, at any rate (CloudEvents webhooks 1.0.1, section 4); 400 without `WebHook-Request-Origin` |
/// | another method | 405 |
/// | `GET /healthz`, `GET /readyz` | 200, or 503 with the reason |
/// | another path | 404 |
///
/// A graceful shutdown answers what was begun.
public struct ReceiverServer: Service {
    /// A certificate and its key, PEM files.
    public struct TLS: Sendable, Hashable {
        /// The chain, the server's own certificate first.
        public var certificate: String
        /// The key.
        public var key: String

        /// A certificate and its key.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// A request that was posted.
    public struct Post: Sendable {
        /// The headers, with names in lower case.
        public var headers: [(name: String, value: String)]
        /// The body.
        public var body: [UInt8]
    }

    /// What is answered.
    public struct Answer: Sendable, Hashable {
        /// The status.
        public var status: Int
        /// What became of it, or why nothing did; no payload, no secret.
        public var text: String
        /// After how many seconds it is to be tried again.
        public var retryAfter: Int?

        /// An answer.
        public init(_ status: Int, _ text: String, retryAfter: Int? = nil) {
            self.status = status
            self.text = text
            self.retryAfter = retryAfter
        }
    }

    /// What is done with what is posted.
    public struct Content: Sendable {
        /// Takes a request in; it is answered when this returns.
        public var take: @Sendable (Post) async -> Answer
        /// Why nothing can be taken in; nil: it can.
        public var notReadyBecause: @Sendable () -> String?

        /// What is done.
        public init(
            take: @escaping @Sendable (Post) async -> Answer, notReadyBecause: @escaping @Sendable () -> String?
        ) {
            self.take = take
            self.notReadyBecause = notReadyBecause
        }
    }

    /// The address; the port 0 is any that is free, and the log says which.
    public var host: String
    /// The port.
    public var port: Int
    /// Where it is posted to, with the slash in front.
    public var path: String
    /// What requests are held to; its ``RequestLimits/rate`` and ``RequestLimits/burst`` do not count: the signature tells
    /// who it is, and only after the body has come.
    public var limits: RequestLimits
    /// nil: plain HTTP.
    public var tls: TLS?
    /// Told the port when it listens.
    public var listens: @Sendable (_ port: Int) -> Void = { _ in }
    private let content: Content
    private let logger: Logger

    /// A server, which does nothing before ``run()``.
    public init(
        host: String, port: Int, path: String, limits: RequestLimits, tls: TLS?, content: Content, logger: Logger
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.limits = limits
        self.tls = tls
        self.content = content
        self.logger = logger
    }

    /// Serves until the service group shuts down.
    ///
    /// - Throws: What keeps it from listening, or from reading its certificate.
    public func run() async throws {
        let (host, path, scheme, logger) = (host, path, tls == nil ? "http" : "https", logger)
        let listens = listens
        var quiet = logger
        // What the server says of itself and of each request belongs in nobody's log.
        quiet.logLevel = .critical
        let application = Application(
            router: router,
            server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let shown = host.contains(":") ? "[\(host)]" : host
                logger.info(
                    "The office receives",
                    metadata: ["url": "\(scheme)://\(shown):\(port)\(path)"])
                listens(port)
            },
            logger: quiet
        )
        try await application.run()
    }

    private func server() throws -> HTTPServerBuilder {
        // Longer than a sender keeps a connection: none is closed at the moment at which it is used again.
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                idleTimeout: .seconds(max(1, 2 * limits.patience.components.seconds)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)))
        guard let tls else { return plain }
        let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate)
        let key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
        return try .tls(
            plain,
            tlsConfiguration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }

    private var router: Router<BasicRequestContext> {
        let (content, reading) = (content, BodyReading(limits: limits))
        let router = Router()
        let path = RouterPath(path)
        router.on(path, method: .post) { request, _ -> Response in
            let body: [UInt8]
            do {
                body = try await reading.bytes(of: request)
            } catch let problem as HubProblem {
                return Self.refusal(problem, reading.limits)
            }
            let headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
            return Self.response(await content.take(Post(headers: headers, body: body)))
        }
        router.on(path, method: .options) { request, _ in Self.permission(request) }
        for method in [HTTPRequest.Method.get, .put, .patch, .delete] {
            router.on(path, method: method) { _, _ -> Response in
                var response = Self.response(Answer(405, "only POST and OPTIONS are answered here"))
                response.headers[.allow] = "POST, OPTIONS"
                return response
            }
        }
        router.get("/healthz") { _, _ in Self.response(Answer(200, "alive")) }
        router.get("/readyz") { _, _ in
            Self.response(content.notReadyBecause().map { Answer(503, $0) } ?? Answer(200, "ready"))
        }
        return router
    }

    /// Who asks may post: it is the signature that tells who it is.
    private static func permission(_ request: Request) -> Response {
        guard let origin = request.headers[.webHookRequestOrigin], !origin.isEmpty else {
            return response(Answer(400, "the header 'WebHook-Request-Origin' is missing"))
        }
        var response = response(Answer(200, "allowed"))
        response.headers[.webHookAllowedOrigin] = origin
        response.headers[.webHookAllowedRate] = "*"
        response.headers[.allow] = "POST, OPTIONS"
        return response
    }

    private static func refusal(_ problem: HubProblem, _ limits: RequestLimits) -> Response {
        let text =
            problem.status == .contentTooLarge
            ? "the body has more than \(limits.size) bytes"
            : "the body did not come to its end in \(limits.patience.components.seconds) s"
        var response = response(Answer(problem.status.code, text))
        // What is still to come is not read.
        response.headers[.connection] = "close"
        return response
    }

    private static func response(_ answer: Answer) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]
        if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.text + "\n"))
        )
    }
}

extension HTTPField.Name {
    fileprivate static let webHookRequestOrigin = named("WebHook-Request-Origin")
    fileprivate static let webHookAllowedOrigin = named("WebHook-Allowed-Origin")
    fileprivate static let webHookAllowedRate = named("WebHook-Allowed-Rate")

    private static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header's name") }
        return name
    }
}
