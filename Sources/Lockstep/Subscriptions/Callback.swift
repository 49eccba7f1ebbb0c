/// Where an office is told of its changes by HTTP, in place of a worker of its own.
///
/// Values only; what can be asked, how it is signed and what its answers mean is for whoever posts.
public struct Callback: Sendable, Hashable {
    /// What is posted.
    public typealias Content = AdapterContent

    /// How an event is written into a request (CloudEvents HTTP protocol binding 1.0.2, section 3).
    public struct Mode: Sendable, Hashable {
        private enum Wrapped { case structured, binary }
        private let wrapped: Wrapped

        /// All of the event is the body: a signature covers everything.
        public static let structured = Mode(wrapped: .structured)
        /// The data is the body; the attributes are headers, which no signature covers.
        public static let binary = Mode(wrapped: .binary)
    }

    /// `https://` or `http://`, without user and password.
    public var url: String
    /// What is posted.
    public var content = Content.state
    /// How an event is written into a request.
    public var mode = Mode.structured
    /// What requests are signed with, as Standard Webhooks writes secrets (`whsec_…`); empty: not signed.
    ///
    /// Several while the receiver changes from one to the next. Never to be logged or shown.
    public var secrets: [String] = []
    /// How long one request may take, up to the status of its answer.
    public var timeout = Duration.seconds(15)
    /// Whether addresses of this machine and of private networks may be asked, too.
    public var allowsPrivateAddresses = false
    /// The PEM file of the authorities that are trusted; nil: the system's.
    public var caFile: String?
    /// Whether the receiver must allow it first (CloudEvents webhooks 1.0.1, section 4: abuse protection).
    public var asksPermission = false
    /// The name by which it asks: a DNS name; nil: this machine's.
    public var sender: String?

    /// A callback with the standard settings.
    public init(url: String) {
        self.url = url
    }
}

extension Callback: CustomStringConvertible, CustomReflectable {
    /// Scheme, host and port, which may be shown: what follows may hold a secret, as may what stands before the host.
    public var place: String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let authority = url[scheme.upperBound...].prefix { !"/?#\\".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return "\(url[..<scheme.upperBound])\(host)"
    }

    /// Says nothing of secrets.
    public var description: String { "a callback to \(place)" }
    /// Shows no secrets.
    public var customMirror: Mirror { Mirror(self, children: ["place": place]) }
}
