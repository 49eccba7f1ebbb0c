/// One broker: where it listens, and who connects.
public struct Endpoint: Sendable, Hashable {
    /// The host name or address; an IPv6 address without brackets.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The virtual host.
    public var virtualHost: String
    /// The user name.
    public var user: String
    /// The password; no description and no log shows it.
    public var password: String
    /// How TLS is spoken; `nil` speaks plain TCP.
    public var tls: TLSOptions?

    /// Makes an endpoint.
    public init(
        host: String = "localhost", port: Int? = nil, virtualHost: String = "/", user: String = "guest",
        password: String = "guest", tls: TLSOptions? = nil
    ) {
        self.host = host
        self.port = port ?? (tls == nil ? Self.plainPort : Self.tlsPort)
        self.virtualHost = virtualHost
        self.user = user
        self.password = password
        self.tls = tls
    }

    static let plainPort = 5672
    static let tlsPort = 5671
}

extension Endpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without the password.
    public var description: String {
        let scheme = tls == nil ? "amqp" : "amqps"
        let shownHost = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(user)@\(shownHost):\(port)/\(virtualHost == "/" ? "" : virtualHost)"
    }

    public var debugDescription: String { description }

    /// A mirror without the password: `dump` is a log, too.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": description], displayStyle: .struct)
    }
}
