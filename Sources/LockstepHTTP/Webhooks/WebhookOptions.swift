/// How a webhook is asked.
public struct WebhookOptions: Sendable {
    /// How a change is written into a request (CloudEvents HTTP protocol binding 1.0.2).
    public struct Mode: Sendable, Hashable {
        private enum Wrapped { case structured, binary }
        private let wrapped: Wrapped

        /// All of the event is the body, `application/cloudevents+json`: a signature covers everything.
        public static let structured = Mode(wrapped: .structured)
        /// The record is the body, `application/json`; the attributes are headers `ce-…`, which no signature covers.
        public static let binary = Mode(wrapped: .binary)
    }

    /// What requests are signed with; several while the receiver changes from one to the next; empty: not signed.
    public var secrets: [WebhookSecret] = []
    /// How a change is written into a request.
    public var mode = Mode.structured
    /// How long looking up the name may take, and then again each request up to the status of its answer.
    public var timeout = Duration.seconds(15)
    /// How many records are posted at once, 1 to 100.
    public var concurrency = 8
    /// Whether addresses of this machine and of private networks may be asked, too; those of a cloud's metadata are
    /// among them.
    public var allowPrivateAddresses = false
    /// The PEM file of the authorities that are trusted; nil: the system's.
    public var caFile: String?

    /// Options: not signed, public addresses only.
    public init() {}

    /// Options with a secret to sign with.
    public init(secret: WebhookSecret) {
        secrets = [secret]
    }
}
