public import HTTPTypes
public import Lockstep

/// Why a request was not answered as it was meant to be, as RFC 9457 has it.
public struct HubProblem: Error, Sendable, Hashable {
    /// What is wrong with one of several things.
    public struct Item: Encodable, Sendable, Hashable {
        /// Which, from 0.
        public var index: Int
        /// What is wrong.
        public var detail: String

        /// A thing.
        public init(index: Int, detail: String) {
            self.index = index
            self.detail = detail
        }
    }

    /// The HTTP status.
    public var status: HTTPResponse.Status
    /// What happened and what to do; neither payloads nor secrets are in it.
    public var detail: String
    /// What is wrong with each of several things.
    public var errors: [Item]?
    /// How many seconds to wait before the request is sent again; nil: that would not help, or nobody knows.
    public var retryAfter: Int?
    /// The methods that there are; for 405.
    var allowed: [String] = []
    /// Whether a browser is to ask for the token; for 401.
    var asksBrowser = false

    /// A problem.
    public init(
        _ status: HTTPResponse.Status, _ detail: String, errors: [Item]? = nil, retryAfter: Int? = nil
    ) {
        self.status = status
        self.detail = detail
        self.errors = errors
        self.retryAfter = retryAfter
    }

    /// What an error of the domain means to a caller.
    ///
    /// Where only whoever runs the hub can mend it, the problem does not say which of the hub's files it is about: the
    /// hub's log does. Nil: nobody knows what would mend it.
    public init?(_ error: LockstepError) {
        switch error.code {
        case .notFound: self.init(.notFound, error.message)
        case .eventTooLarge: self.init(.contentTooLarge, error.message)
        case .invalidName, .invalidEvent, .invalidJSON, .invalidVersion, .invalidReceipt, .invalidConfiguration:
            self.init(.badRequest, error.message)
        case .topologyMismatch, .alreadyExists, .refused: self.init(.conflict, error.message)
        case .storeUnavailable, .storeFull, .brokerUnavailable, .driftIncomplete:
            self.init(.serviceUnavailable, error.message, retryAfter: 5)
        default:
            guard let detail = Self.inside(error.code) else { return nil }
            self.init(.serviceUnavailable, detail)
        }
    }

    /// What is wrong with the hub itself; waiting does not mend it.
    private static func inside(_ code: LockstepError.Code) -> String? {
        switch code {
        case .storeCorrupt:
            "A file that the hub keeps is damaged. Asking again does not help: the hub's log names the file and what to do "
                + "with it."
        case .storeTooNew:
            "A file that the hub keeps was written by a newer release. Run that release or a later one; the hub's log names "
                + "the file."
        case .storeFailed:
            "A file that the hub keeps can no longer be read or written. Look at its disk, then start the hub again; its log "
                + "names the file."
        case .clock: "The hub's clock cannot be read or kept; its log says why."
        default: nil
        }
    }

    /// Whether an error is one that whoever runs the hub has to mend, and has to be told of.
    static func isInside(_ error: LockstepError) -> Bool { inside(error.code) != nil }

    /// The problem's text, `application/problem+json`.
    var document: HubDocument {
        struct Content: Encodable {
            let title: String
            let status: Int
            let detail: String
            let errors: [Item]?
        }
        let content = Content(title: status.reasonPhrase, status: status.code, detail: detail, errors: errors)
        guard let document = try? HubDocument(content) else {
            preconditionFailure("a problem is made of text and numbers")
        }
        return document
    }

    /// The header fields that go with it.
    var headers: HTTPFields {
        var headers: HTTPFields = [:]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if status == .unauthorized {
            let scheme =
                asksBrowser ? "Basic realm=\"lockstep: your token is the password\"" : "Bearer realm=\"lockstep\""
            headers[.wwwAuthenticate] = scheme
        }
        if !allowed.isEmpty { headers[.allow] = allowed.joined(separator: ", ") }
        // What is left of the request is not wanted.
        if status == .contentTooLarge || status == .requestTimeout { headers[.connection] = "close" }
        return headers
    }
}
