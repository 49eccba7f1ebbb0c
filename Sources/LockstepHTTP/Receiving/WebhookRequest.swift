/// A request that came to a webhook, as a server has read it.
public struct WebhookRequest: Sendable {
    /// The headers, in whatever case; a name may stand there more than once.
    public var headers: [(name: String, value: String)]
    /// The body, whole and as it came: the signature is of its bytes.
    public var body: [UInt8]

    /// A request.
    public init(headers: [(name: String, value: String)], body: [UInt8]) {
        self.headers = headers.map { (name: $0.name.lowercased(), value: $0.value) }
        self.body = body
    }

    /// The value of a header; nil: it is not there, or more than once, and nobody can say which one counts.
    subscript(name: String) -> String? {
        let values = headers.lazy.filter { $0.name == name }.prefix(2)
        return values.count == 1 ? values.first?.value : nil
    }
}

/// Why a request is not taken in; it holds no payload and no secret.
public struct WebhookRejection: Error, Sendable, Hashable {
    /// The status of the answer: 400, 401 or 415.
    public let status: Int
    /// What is wrong, for the sender.
    public let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
