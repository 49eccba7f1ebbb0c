public import Lockstep

/// How a webhook is asked.
public struct WebhookOptions: Sendable {
    /// What is posted.
    public var content = AdapterContent.state
    /// How a change is written into a request.
    public typealias Mode = Callback.Mode

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
    /// Whether the receiver must allow it first, once a day: CloudEvents' abuse protection, see ``WebhookAdapter``.
    public var asksPermission = false
    /// The name by which it asks, a DNS name; nil: this machine's.
    public var sender: String?
    /// The requests a minute that it asks for; nil: it does not say.
    public var requestRate: Int?

    /// Options: not signed, public addresses only.
    public init() {}

    /// Options with a secret to sign with.
    public init(secret: WebhookSecret) {
        secrets = [secret]
    }
}
