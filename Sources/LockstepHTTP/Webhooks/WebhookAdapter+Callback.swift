public import Lockstep

extension WebhookAdapter {
    /// An adapter for a subscription's callback.
    ///
    /// - Parameter pace: How many changes may be on their way at once, 100 at most; and the rate that a receiver is asked for
    ///   that must be asked first.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`, which repeats neither URL nor secret.
    public init(_ callback: Callback, pace: DeliveryPace = .unlimited) throws(LockstepError) {
        try self.init(url: callback.url, options: try WebhookOptions(callback, pace: pace))
    }
}

extension WebhookOptions {
    init(_ callback: Callback, pace: DeliveryPace) throws(LockstepError) {
        var secrets: [WebhookSecret] = []
        for secret in callback.secrets { secrets.append(try WebhookSecret(secret)) }
        self.init()
        self.secrets = secrets
        self.concurrency = min(max(1, pace.concurrency), 100)
        content = callback.content
        mode = callback.mode
        timeout = callback.timeout
        allowPrivateAddresses = callback.allowsPrivateAddresses
        caFile = callback.caFile
        asksPermission = callback.asksPermission
        sender = callback.sender
        requestRate = pace.rate.map { $0 * 60 }
    }
}
