import AsyncHTTPClient
import Foundation
public import Lockstep
import NIOCore
import NIOHTTP1
import NIOSSL

/// RabbitMQ's management API, as far as Lockstep reads it.
///
/// It only ever reads. Figures of the broker's statistics are some seconds old.
public struct ManagementAPI: Sendable {
    /// Where the API is and who asks.
    public struct Configuration: Sendable {
        /// The base address, like `http://127.0.0.1:15672/`.
        public var url: String
        /// The broker's user; the tag `monitoring` or `management` is needed.
        public var user: String
        /// The user's password.
        public var password: String
        /// The virtual host that Lockstep lives in.
        public var virtualHost: String
        /// The PEM file of the authorities that are trusted where the address says `https`; nil: the system's.
        public var caFile: String?
        /// How long one answer may take.
        public var timeout: Duration = .seconds(10)

        /// A configuration.
        public init(url: String, user: String, password: String, virtualHost: String = "/", caFile: String? = nil) {
            self.url = url
            self.user = user
            self.password = password
            self.virtualHost = virtualHost
            self.caFile = caFile
        }
    }

    /// The most bytes of one answer that are read.
    private static let longestAnswer = 64 << 20

    private let configuration: Configuration

    /// An API at an address; nothing is sent yet.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// The broker as a whole.
    public func overview() async throws(LockstepError) -> BrokerOverview {
        try await get("overview")
    }

    /// The broker's nodes.
    public func nodes() async throws(LockstepError) -> [BrokerNode] {
        try await get("nodes")
    }

    /// The queues of the virtual host.
    public func queues() async throws(LockstepError) -> [QueueInfo] {
        try await get("queues/\(host)")
    }

    /// The exchanges of the virtual host.
    public func exchanges() async throws(LockstepError) -> [ExchangeInfo] {
        try await get("exchanges/\(host)")
    }

    /// The bindings of the virtual host.
    public func bindings() async throws(LockstepError) -> [BindingInfo] {
        try await get("bindings/\(host)")
    }

    /// The consumers of the virtual host.
    public func consumers() async throws(LockstepError) -> [ConsumerInfo] {
        try await get("consumers/\(host)")
    }

    /// The connections to the virtual host.
    public func connections() async throws(LockstepError) -> [ConnectionInfo] {
        try await get("vhosts/\(host)/connections")
    }

    private var host: String {
        configuration.virtualHost.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "%2F"
    }

    private func get<Answer: Decodable>(_ path: String) async throws(LockstepError) -> Answer {
        let base = configuration.url.hasSuffix("/") ? configuration.url : configuration.url + "/"
        var request = HTTPClientRequest(url: base + "api/" + path)
        request.setBasicAuth(username: configuration.user, password: configuration.password)
        let status: HTTPResponseStatus
        let body: ByteBuffer
        do {
            let timeout = TimeAmount.milliseconds(configuration.timeout.milliseconds)
            (status, body) = try await withClient { client in
                let response = try await client.execute(request, timeout: timeout)
                return (response.status, try await response.body.collect(upTo: Self.longestAnswer))
            }
        } catch {
            throw failure("cannot be reached (\(Self.describe(error)))", underlying: error)
        }
        switch status {
        case .ok: break
        case .unauthorized: throw failure("refused the user or its password; the user needs the tag 'monitoring'")
        case .notFound: throw failure("does not know '\(path)'; does the virtual host exist?")
        default: throw failure("answered \(status.code)")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
        } catch {
            throw failure("gave an answer that cannot be read; is this RabbitMQ's management API?", underlying: error)
        }
    }

    /// Lends a client that is gone afterwards; questions are rare.
    ///
    /// Not the process's shared one: it refuses an answer that was compressed to less than a 25th, as the list of many
    /// queues is, which are so much alike. This one asks for plain text.
    private func withClient<Answer: Sendable>(
        _ body: (HTTPClient) async throws -> Answer
    ) async throws -> Answer {
        var settings = HTTPClient.Configuration()
        // The password goes to the configured address and nowhere else.
        settings.redirectConfiguration = .disallow
        if let caFile = configuration.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(caFile)
            settings.tlsConfiguration = tls
        }
        let client = HTTPClient(configuration: settings)
        do {
            let answer = try await body(client)
            try await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func failure(_ what: String, underlying: (any Error)? = nil) -> LockstepError {
        LockstepError(
            .brokerUnavailable,
            "The management API at \(Self.shown(configuration.url)) \(what). "
                + "Check broker.management, and that the plugin rabbitmq_management is enabled.",
            underlying: underlying
        )
    }

    /// An address without what might be secret in it.
    private static func shown(_ url: String) -> String {
        guard var parts = URLComponents(string: url) else { return "the configured address" }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        return parts.string ?? "the configured address"
    }

    private static func describe(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return "\(type(of: error))"
    }
}
