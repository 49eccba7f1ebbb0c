import Lockstep

/// What a receiver says to whether it may be posted to (CloudEvents webhooks 1.0.2, section 4); pure.
enum WebhookPermission: Sendable, Hashable {
    /// It may; this many requests a minute at most, where it says so.
    case granted(rate: Int?)
    /// It may not.
    case refused(String)
    /// Nothing is known: it did not answer, or not now.
    case unknown(String)

    /// - Parameters:
    ///   - sender: The name by which it was asked.
    ///   - origin: The header `WebHook-Allowed-Origin`, where it is there once.
    ///   - rate: The header `WebHook-Allowed-Rate`, where it is there once.
    init(status: Int, sender: String, origin: String?, rate: String?) {
        let question = "OPTIONS with WebHook-Request-Origin: \(sender)"
        switch status {
        case 200..<300:
            guard let origin, origin == "*" || origin.lowercased() == sender.lowercased() else {
                self = .refused(
                    "the webhook's receiver does not allow '\(sender)' to post: it answered \(question) without that name or "
                        + "'*' in WebHook-Allowed-Origin")
                return
            }
            self = .granted(rate: rate.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil })
        case 408, 409, 425, 429, 500, 502...: self = .unknown("the webhook answered \(status) to \(question)")
        default:
            self = .refused(
                "the webhook's receiver does not allow '\(sender)' to post: it answered \(status) to \(question)")
        }
    }
}

/// How long a receiver's word counts; pure.
struct KnownPermission: Sendable {
    /// A day, as the receiver may change its mind.
    private static let granted = Duration.seconds(86_400)
    /// A refusal is not asked about with every batch.
    private static let refused = Duration.seconds(600)

    let permission: WebhookPermission
    let askedAt: Timestamp

    /// Whether it need not be asked again at a moment.
    func counts(at now: Timestamp) -> Bool {
        let validity: Duration
        switch permission {
        case .granted: validity = Self.granted
        case .refused: validity = Self.refused
        case .unknown: return false
        }
        // A clock that was set back proves nothing.
        return now >= askedAt && now < askedAt.advanced(by: validity)
    }
}
