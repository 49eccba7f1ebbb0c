public import FoundationEssentials

/// How the hub is reached over HTTP.
public struct HubConfiguration: Sendable, Hashable {
    /// A certificate and its key, PEM files.
    public struct TLS: Sendable, Hashable {
        /// The certificate, then those that issued it.
        public var certificate: URL
        /// Its key.
        public var key: URL

        /// A certificate and its key.
        public init(certificate: URL, key: URL) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What requests are held to.
    public struct Requests: Sendable, Hashable {
        /// The largest body, in bytes.
        public var size = 4 * 1_048_576
        /// How many requests a second of each token; of each address where there is none.
        public var rate = 200
        /// How many of them at once.
        public var burst = 400
        /// How long a request's body, or an idle connection, is waited for.
        public var within = Duration.seconds(30)

        /// The defaults.
        public init() {}
    }

    /// The port that is used unless said otherwise.
    public static let usualPort = 8470

    /// The address.
    public var listen = ListenAddress(host: "127.0.0.1", port: usualPort)
    /// Whether the address may be one that other machines reach although there is no TLS, or no token.
    public var exposed = false
    /// The hub's certificate; nil: no TLS.
    public var tls: TLS?
    /// What requests are held to.
    public var requests = Requests()
    /// Whether subscriptions that are not in the file may have callbacks to addresses of this machine and of private
    /// networks, where they ask for it.
    public var privateAddresses = false

    /// This machine only.
    public init() {}

    /// Why the address must not be used, whatever tokens there are; nil: it may be.
    var refusal: String? {
        guard !listen.isLoopback, !exposed, tls == nil else { return nil }
        return
            "'\(listen)' can be reached from other machines, and without TLS whoever listens on the way reads tokens and "
            + "events; add hub.tls, use 127.0.0.1:\(listen.port), or say 'exposed: true' where something before it does TLS"
    }
}
