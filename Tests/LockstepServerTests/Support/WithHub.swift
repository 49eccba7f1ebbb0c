import AsyncHTTPClient
import Foundation
import Lockstep
import LockstepServer
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A hub that listens, as its callers see it.
struct HubClient: Sendable {
    let port: Int

    /// An answer.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        /// The text as JSON; nil: it is none.
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }
        /// The text as a JSON object; nil: it is none.
        var object: [String: Any]? { json as? [String: Any] }
        /// A header field; nil: there is none.
        func header(_ name: String) -> String? { headers.first(name: name) }
        /// The problem's detail.
        var detail: String { object?["detail"] as? String ?? "" }
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - role: Whose token it bears; nil: none.
    ///   - type: The body's media type.
    func send(
        _ method: String, _ path: String, as role: AccessRole? = nil, type: String? = nil, body: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var all = headers
        if let role { all.append(("Authorization", "Bearer secret-\(role.rawValue)")) }
        if let type { all.append(("Content-Type", type)) }
        return try await send(method, path, headers: all, body: body.map { Array($0.utf8) })
    }

    /// Sends a request as it is.
    func send(
        _ method: String, _ path: String, headers: [(String, String)], body: [UInt8]?
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers)
        if let body { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let content = try await response.body.collect(upTo: 1 << 22)
        return Answer(
            status: Int(response.status.code), headers: response.headers, text: String(buffer: content))
    }
}

/// Runs the closure with a hub over this backend, and stops the hub in good order.
func withHub(
    _ backend: some HubBackend, limits: RequestLimits = RequestLimits(rate: 100_000, burst: 100_000),
    tls: (certificate: String, key: String)? = nil,
    _ body: (HubClient) async throws -> Void
) async throws {
    var settings = HubServer.Settings()
    settings.port = 0
    settings.limits = limits
    settings.tls = tls
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = HubServer(settings, backend: backend, logger: logger) { port.yield($0) }
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: [.init(service: server)], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        guard let number = await ports.first(where: { _ in true }) else { return }
        try await body(HubClient(port: number))
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}
