import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves what a process shows of itself over HTTP: `GET /metrics`, `/healthz` and `/readyz`.
///
/// A service, beside those whose work it shows: it never ends them. A port that cannot be had is logged, and tried
/// again every half minute.
public struct StatusServer: Service {
    /// What is shown.
    public struct Content: Sendable {
        /// The metrics, and the media type of their text.
        public var metrics: @Sendable () -> (text: String, mediaType: String)
        /// The parts that must be there before the process can work.
        public var readiness: @Sendable () -> [ReadinessPart]

        /// Content that is made for each request.
        public init(
            metrics: @escaping @Sendable () -> (text: String, mediaType: String),
            readiness: @escaping @Sendable () -> [ReadinessPart]
        ) {
            self.metrics = metrics
            self.readiness = readiness
        }
    }

    private static let pause = Duration.seconds(30)

    private let host: String
    private let port: Int
    private let content: Content
    private let logger: Logger

    /// A server, which does nothing before ``run()``.
    ///
    /// - Parameter port: 0: any that is free; the log says which.
    public init(host: String, port: Int, content: Content, logger: Logger) {
        self.host = host
        self.port = port
        self.content = content
        self.logger = logger
    }

    /// Serves until the service group shuts down.
    public func run() async throws {
        while true {
            do {
                return try await application.run()
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "Metrics cannot be served; all else goes on, and the port is tried again",
                    metadata: ["address": "\(host):\(port)", "reason": "\(error)"]
                )
            }
            let isOver = await cancelWhenGracefulShutdown { (try? await Task.sleep(for: Self.pause)) == nil }
            if isOver { return }
        }
    }

    private var application: some ApplicationProtocol {
        let (host, logger) = (host, logger)
        var quiet = logger
        // What the server says of itself and of each request belongs in nobody's log.
        quiet.logLevel = .critical
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                logger.info(
                    "Metrics are served",
                    metadata: ["address": "\(host):\(channel.localAddress?.port ?? 0)"]
                )
            },
            logger: quiet
        )
    }

    private var router: Router<BasicRequestContext> {
        let content = content
        let router = Router()
        router.get("/metrics") { _, _ in
            let metrics = content.metrics()
            return Self.response(.ok, metrics.text, mediaType: metrics.mediaType)
        }
        router.get("/healthz") { _, _ in Self.response(.ok, "alive\n") }
        router.get("/readyz") { _, _ in
            let (isReady, text) = content.readiness().answer
            return Self.response(isReady ? .ok : .serviceUnavailable, text)
        }
        return router
    }

    private static func response(
        _ status: HTTPResponse.Status, _ text: String, mediaType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
