import FoundationEssentials
public import RabbitMQ

/// Where the HTTP API of RabbitMQ's management plugin is, and who asks.
public struct ManagementAddress: Sendable, Hashable {
    /// The address without user and password, like `http://127.0.0.1:15672/`.
    public var url: String
    /// The user.
    public var user: String
    /// The password; no description and no log shows it.
    public var password: String
    /// The PEM file of the authorities that are trusted where the address says `https`; nil: the system's.
    public var caFile: String?

    /// An address.
    public init(url: String, user: String, password: String, caFile: String? = nil) {
        self.url = url
        self.user = user
        self.password = password
        self.caFile = caFile
    }

    /// Reads an address that may have its own user and password; the ones given are for an address without.
    ///
    /// Nil: it is no address of this kind.
    init?(_ text: String, user: String, password: String, caFile: String?) {
        guard var parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme),
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil
        else { return nil }
        let user = parts.user ?? user
        let password = parts.password ?? password
        parts.user = nil
        parts.password = nil
        if !parts.path.hasSuffix("/") { parts.path += "/" }
        guard let url = parts.string else { return nil }
        self.init(url: url, user: user, password: password, caFile: caFile)
    }

    /// What an address has to look like.
    static let form = "the address of RabbitMQ's management, like http://127.0.0.1:15672/"

    /// The host of the address.
    var host: String { URLComponents(string: url)?.host ?? "" }

    /// Where the API usually is, beside a node's AMQP port: 15672, or 15671 with TLS.
    public init(besides endpoint: Endpoint) {
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        self.init(
            url: endpoint.tls == nil ? "http://\(host):15672/" : "https://\(host):15671/",
            user: endpoint.user,
            password: endpoint.password,
            caFile: endpoint.tls?.caFile
        )
    }
}

extension ManagementAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address; without the password.
    public var description: String { url }

    public var debugDescription: String { url }

    /// A mirror without the password: `dump` is a log, too.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": url, "user": user], displayStyle: .struct)
    }
}
