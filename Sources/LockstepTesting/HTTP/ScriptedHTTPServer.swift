import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A small HTTP/1.1 server on 127.0.0.1 that answers as a script says, well or badly.
///
/// ```swift
/// try await withScriptedHTTPServer { request in
///     request.number == 1 ? .status(503) : .status(200)
/// } body: { server in
///     // post something to server.url, look at server.requests
/// }
/// ```
public final class ScriptedHTTPServer: Sendable {
    /// A request that has arrived whole.
    public struct Request: Sendable {
        /// Which one it is, from 1, over all connections.
        public let number: Int
        /// Such as `POST`.
        public let method: String
        /// What stands behind the method.
        public let path: String
        /// Its headers, names in lower case; of several with a name the last one.
        public let headers: [String: String]
        /// Its body.
        public let body: [UInt8]
    }

    /// What the server does about a request.
    public enum Answer: Sendable {
        /// Answers properly.
        case status(Int, headers: [String: String] = [:], body: String = "")
        /// Says nothing, and keeps the connection.
        case never
        /// Answers 200, but one byte at a time, with so many milliseconds between them.
        case byteByByte(milliseconds: Int64)
        /// Answers with this status and a body of so many bytes, as fast as they are taken.
        case flood(Int, bytes: Int)
        /// Answers 200 with a body that never ends, a byte now and then.
        case endless
        /// Resets the connection.
        case reset
        /// Sends this and closes.
        case raw(String)
    }

    /// What a server that speaks TLS shows its clients, as PEM files.
    public struct Identity: Sendable {
        /// The certificate.
        public var certificate: String
        /// The certificate's key.
        public var key: String

        /// An identity.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Decides about each request.
    public typealias Script = @Sendable (Request) -> Answer

    /// The port on 127.0.0.1.
    public let port: Int
    private let isSecure: Bool
    private let server: any NIOCore.Channel
    private let log: HTTPRequestLog

    /// Where it answers.
    public var url: String { "\(isSecure ? "https://localhost" : "http://127.0.0.1"):\(port)/callback" }
    /// What has arrived, in order.
    public var requests: [Request] { log.requests }
    /// How many connections were accepted.
    public var connections: Int { log.connections }
    /// How many bytes of floods the clients have taken, or the system for them.
    public var floodedBytes: Int { log.floodedBytes }

    private init(server: any NIOCore.Channel, port: Int, isSecure: Bool, log: HTTPRequestLog) {
        self.isSecure = isSecure
        self.server = server
        self.port = port
        self.log = log
    }

    static func start(_ identity: Identity?, _ script: @escaping Script) async throws -> ScriptedHTTPServer {
        let log = HTTPRequestLog()
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))))
        }
        // One thread for all connections: what a script sees has an order.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let server = try await ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Hundreds may connect at once: whoever finds no room in the queue tries again after 1, 3, 7, 15 seconds.
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    log.accepted(channel)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptedHTTPConnection(channel, log: log, script: script))
                }
            }
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = server.localAddress?.port else { preconditionFailure("A socket that listens has a port.") }
        return ScriptedHTTPServer(server: server, port: port, isSecure: identity != nil, log: log)
    }

    func stop() async throws {
        try await server.close()
        for channel in log.channels {
            // One that the client has just closed is as good.
            try? await channel.close()
        }
    }
}

/// Runs the closure with a scripted HTTP server, and stops it afterwards.
///
/// - Parameters:
///   - identity: What it shows in TLS; nil: it speaks plain HTTP.
///   - script: Decides about each request.
public func withScriptedHTTPServer<R>(
    showing identity: ScriptedHTTPServer.Identity? = nil,
    _ script: @escaping ScriptedHTTPServer.Script = { _ in .status(200) },
    body: (ScriptedHTTPServer) async throws -> R
) async throws -> R {
    let server = try await ScriptedHTTPServer.start(identity, script)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(server))
    } catch {
        result = .failure(error)
    }
    try await Task { try await server.stop() }.value
    return try result.get()
}

/// What a scripted server has seen.
final class HTTPRequestLog: Sendable {
    private struct State {
        var requests: [ScriptedHTTPServer.Request] = []
        var channels: [any NIOCore.Channel] = []
        var floodedBytes = 0
    }

    private let state = Mutex(State())

    var requests: [ScriptedHTTPServer.Request] { state.withLock { $0.requests } }
    var channels: [any NIOCore.Channel] { state.withLock { $0.channels } }
    var connections: Int { state.withLock { $0.channels.count } }
    var floodedBytes: Int { state.withLock { $0.floodedBytes } }

    func accepted(_ channel: any NIOCore.Channel) { state.withLock { $0.channels.append(channel) } }

    func flooded(_ count: Int) { state.withLock { $0.floodedBytes += count } }

    func request(
        _ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8]
    ) -> ScriptedHTTPServer.Request {
        state.withLock { state in
            let request = ScriptedHTTPServer.Request(
                number: state.requests.count + 1, method: method, path: path, headers: headers, body: body)
            state.requests.append(request)
            return request
        }
    }
}
