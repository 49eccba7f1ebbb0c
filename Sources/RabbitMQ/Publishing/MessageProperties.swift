/// The properties that AMQP 0-9-1 gives to a message of class `basic`.
///
/// Every text is at most 255 bytes of UTF-8; a longer one is refused before anything is sent.
public struct MessageProperties: Sendable, Hashable {
    /// The media type of the body.
    public var contentType: String?
    /// The encoding of the body, such as `gzip`.
    public var contentEncoding: String?
    /// The application's headers.
    ///
    /// Encoded they must fit into one frame, 128 KiB as a rule.
    public var headers: FieldTable
    /// Whether the broker writes the message to disk.
    public var deliveryMode: DeliveryMode
    /// 0 to 9; queues ignore it unless they were declared with priorities.
    public var priority: UInt8?
    /// Names the request that this answers.
    public var correlationID: String?
    /// The queue to which an answer is to go.
    public var replyTo: String?
    /// The time to live in milliseconds, in decimal digits.
    public var expiration: String?
    /// Names the message.
    ///
    /// The client gives one to a message that has none: a returned message is
    /// told apart by it.
    public var messageID: String?
    /// Seconds since 1970-01-01T00:00:00Z.
    public var timestamp: UInt64?
    /// The type of the message.
    public var type: String?
    /// The publishing user; the broker refuses any name but that of the connection.
    public var userID: String?
    /// The publishing application.
    public var appID: String?

    /// Makes properties; a message is persistent unless said otherwise.
    public init(
        contentType: String? = nil,
        contentEncoding: String? = nil,
        headers: FieldTable = [:],
        deliveryMode: DeliveryMode = .persistent,
        priority: UInt8? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil,
        messageID: String? = nil,
        timestamp: UInt64? = nil,
        type: String? = nil,
        userID: String? = nil,
        appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }
}

/// Whether a message outlives a restart of the broker.
public enum DeliveryMode: UInt8, Sendable, Hashable {
    case transient = 1
    case persistent = 2
}
