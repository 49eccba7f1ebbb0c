public import LockstepHTTP

/// How an office takes in what a webhook posts to it: `lockstep receive`.
public struct ReceiveConfiguration: Sendable {
    /// A certificate and its key, PEM files.
    public struct TLS: Sendable, Hashable {
        /// The chain, the server's own certificate first.
        public var certificate: String
        /// The key.
        public var key: String
    }

    /// Where it listens where nothing is said.
    public static let usualAddress = ListenAddress(host: "127.0.0.1", port: 8471)

    /// The address.
    public var listen = ReceiveConfiguration.usualAddress
    /// Whether the address may be one that other machines reach without TLS.
    public var exposed = false
    /// Where it is posted to, with the slash in front.
    public var path = "/sync_callback"
    /// What it shows to those who connect; nil: plain HTTP.
    public var tls: TLS?
    /// What requests are signed with: any of them will do.
    public var secrets: [WebhookSecret] = []
    /// How far the sender's clock may be away.
    public var tolerance = Duration.seconds(300)

    /// Whether events in binary mode are taken in, too, whose attributes no signature covers.
    public var allowsBinary = false

    /// On this machine only, and without a secret, which must be given before it can receive.
    public init() {}

    /// Why the address must not be used; nil: it may be.
    var refusal: String? {
        guard !listen.isLoopback, tls == nil, !exposed else { return nil }
        return "'\(listen)' can be reached from other machines, and what they send could be read on the way; give it "
            + "'tls', use 127.0.0.1:\(listen.port) behind a proxy that has it, or say 'exposed: true'"
    }

    /// Whether a text is a path that can be posted to.
    static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count > 1 && text.utf8.allSatisfy(isAllowed)
            && text != "/healthz" && text != "/readyz"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Reads a file of secrets, one a line.
    ///
    /// Nil: it has none, or something else stands in it.
    static func secrets(in text: String) -> [WebhookSecret]? {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(line.filter { $0 != " " && $0 != "\t" })
        }
        let secrets = lines.filter { !$0.isEmpty }.map { try? WebhookSecret($0) }
        return secrets.isEmpty || secrets.contains(nil) ? nil : secrets.compactMap(\.self)
    }
}
