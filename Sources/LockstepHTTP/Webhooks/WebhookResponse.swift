import Lockstep

/// Decides what a webhook's answer means for a change; pure.
struct WebhookResponse: Sendable {
    /// The status code.
    var status: Int
    /// The header `Retry-After`, where it is there once.
    var retryAfter: String?

    /// What becomes of the change.
    ///
    /// Only 2xx is success. What may pass is tried again, when the answer says so: where that is 429 or 503, it speaks of the
    /// receiver and not of this change, and all wait. 410 says that nobody is there any more; everything else never works.
    func outcome(at now: Timestamp) -> ApplyOutcome {
        switch status {
        case 200..<300: .applied
        case 408, 409, 425, 429, 500...:
            if let delay = retryAfter.flatMap({ RetryAfter.duration($0, at: now) }) {
                status == 429 || status == 503
                    ? .busy(for: delay, "the webhook answered \(status) and asked for a pause")
                    : .later(after: delay)
            } else {
                .failed("the webhook answered \(status)")
            }
        case 300..<400:
            .refused("the webhook answered \(status): a redirect is not followed; give the address that it leads to")
        case 410: .gone("the webhook answered 410: the subscriber is gone")
        default: .refused("the webhook answered \(status)")
        }
    }
}
