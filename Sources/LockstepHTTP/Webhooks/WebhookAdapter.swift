public import Lockstep

/// An office whose own system is a webhook: it is posted the newest state of each record that changed, or each event.
///
/// Each change is one `POST` with a CloudEvents event. Where it is asked for states, that is one of the type
/// `lockstep.record.changed` (`lockstep.record.deleted`), whose `data` is the whole record, `recordversion` its version and
/// `recordtypes` the types of all events about it; where for events, it is the event as it was published. Headers are those
/// of Standard Webhooks; `webhook-id` names the state or is the event's id, and is the same when it comes again, which it may.
///
/// | answer | means |
/// |---|---|
/// | 2xx | applied |
/// | 429, 503 with `Retry-After` | nothing is posted for that time, and no attempt is used up |
/// | 408, 409, 425, 429, 5xx | tried again: after `Retry-After`, without using up an attempt, else by the subscription's policy |
/// | 410 | gone: nothing more is posted before a person has looked; deliveries stay in the queue |
/// | 3xx and all else | refused: a dead letter; redirects are not followed |
/// | none in time, or no connection | tried again by the subscription's policy |
///
/// The host's addresses are looked up, checked and kept to for the connection: an address of this machine or of a private
/// network is not asked, however it is written, unless ``WebhookOptions/allowPrivateAddresses`` says so.
///
/// Where ``WebhookOptions/asksPermission`` says so, the receiver is asked first, and once a day, by `OPTIONS` with
/// `WebHook-Request-Origin`; it allows it by the same name or `*` in `WebHook-Allowed-Origin`, and may limit the requests a
/// minute by `WebHook-Allowed-Rate` (CloudEvents HTTP webhooks 1.0.2, section 4).
public struct WebhookAdapter: Adapter {
    let webhook: Webhook

    public var wants: AdapterContent { webhook.options.content }

    /// An adapter for a webhook; nothing is sent before there is a change.
    ///
    /// - Parameter url: `https://` or `http://`, without user and password.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`, which does not repeat the URL.
    public init(url: String, options: WebhookOptions = WebhookOptions()) throws(LockstepError) {
        try self.init(url: url, options: options, clock: .system)
    }

    init(url: String, options: WebhookOptions, clock: WallClock) throws(LockstepError) {
        guard (1...100).contains(options.concurrency), options.timeout > .zero else {
            throw LockstepError(
                .invalidConfiguration,
                "A webhook needs a concurrency of 1 to 100 and a timeout of more than nothing."
            )
        }
        webhook = try Webhook(try WebhookURL(url), options: options, clock: clock)
    }

    /// Asks whether it may post, where it must.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration` where the receiver refuses. That it cannot be
    ///   reached is no reason not to begin: then it is asked before the first change.
    public func prepare(in context: AdapterContext) async throws {
        guard webhook.options.asksPermission, let client = try? await webhook.client() else { return }
        if case .refused(let reason) = try await webhook.permission(over: client) {
            throw LockstepError(
                .invalidConfiguration, "\(reason). Let the receiver allow it, or leave out 'handshake'.")
        }
    }

    public func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        let client: PinnedClient
        do {
            client = try await webhook.client()
        } catch let failure as WebhookFailure {
            return changes.map { _ in .failed(failure.reason) }
        }
        if webhook.options.asksPermission {
            switch try await webhook.permission(over: client) {
            case .granted: break
            case .refused(let reason), .unknown(let reason): return changes.map { _ in .failed(reason) }
            }
        }
        var outcomes = [ApplyOutcome?](repeating: nil, count: changes.count)
        var isDown = IsDown()
        try await withThrowingTaskGroup(of: (Int, ApplyOutcome).self) { group in
            var next = 0
            while true {
                while next < changes.count, next - isDown.answers < webhook.options.concurrency, !isDown.isSure {
                    let (index, change, webhook) = (next, changes[next], webhook)
                    group.addTask {
                        let message = try WebhookMessage(change, mode: webhook.options.mode)
                        return (index, try await webhook.post(message, over: client))
                    }
                    next += 1
                }
                guard let (index, outcome) = try await group.next() else { return }
                outcomes[index] = outcome
                isDown.note(outcome)
            }
        }
        return outcomes.map { $0 ?? isDown.end ?? isDown.lastFailure ?? .failed("the webhook was not asked") }
    }
}

/// Whether a webhook is worth asking for the rest of a batch: the first two answers failing is a webhook that is down,
/// and not a bad change; and one that says that it is gone, or wants a pause, is not asked again.
private struct IsDown {
    private(set) var answers = 0
    private(set) var lastFailure: ApplyOutcome?
    /// What it said to all that follows.
    private(set) var end: ApplyOutcome?
    private var hasWorked = false

    var isSure: Bool { end != nil || !hasWorked && answers >= 2 }

    mutating func note(_ outcome: ApplyOutcome) {
        answers += 1
        if outcome.isGone || outcome.isBusy && end == nil { end = outcome }
        if outcome.mayPass { lastFailure = outcome } else { hasWorked = true }
    }
}
