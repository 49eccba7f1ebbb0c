/// Where a process shows its metrics.
public struct MetricsConfiguration: Sendable, Hashable {
    /// The port that Prometheus exporters of this kind use where nothing else is said.
    public static let usualPort = 9464

    /// The address; nil: nothing is shown, and nothing is recorded.
    public var listen: ListenAddress?
    /// Whether the address may be one that other machines reach.
    public var exposed: Bool

    /// Nothing is shown unless said otherwise.
    public init(listen: ListenAddress? = nil, exposed: Bool = false) {
        self.listen = listen
        self.exposed = exposed
    }

    /// Why the address must not be used; nil: it may be.
    var refusal: String? {
        guard let listen, !listen.isLoopback, !exposed else { return nil }
        return "'\(listen)' can be reached from other machines, and whoever does may read the metrics; use "
            + "127.0.0.1:\(listen.port), or say 'exposed: true'"
    }
}

/// An address on which a server listens.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host: an address or a name.
    public var host: String
    /// The port; 0: any that is free.
    public var port: Int

    /// An address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:9464`, `localhost:9464` or `[::1]:9464`; nil: it is anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.init(host: String(host), port: port)
    }

    /// What an address has to look like.
    static let form = "a host and a port, like 127.0.0.1:9464 or [::1]:9464"

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || isLoopbackIPv4 }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private var isLoopbackIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
