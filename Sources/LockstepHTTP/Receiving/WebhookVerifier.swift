public import Lockstep

/// Checks that a request comes from somebody who has the secret, and was sent just now (Standard Webhooks).
///
/// ```swift
/// let verifier = WebhookVerifier(secrets: [try WebhookSecret(secret)])
/// try verifier.verify(request)      // 401 where it throws
/// let event = try request.event()   // 400 or 415 where it throws
/// ```
///
/// What was sent twice within the tolerance passes twice: a receiver must not mind that anyway.
public struct WebhookVerifier: Sendable {
    /// The most signatures of a request that are looked at.
    private static let mostSignatures = 16

    /// Any of these will do: two while the sender changes from one to the next.
    public var secrets: [WebhookSecret]
    /// How far the sender's clock may be from this machine's, and how long a request may have been on its way.
    public var tolerance: Duration

    /// A verifier.
    ///
    /// - Parameter tolerance: Five minutes, as Standard Webhooks advises.
    public init(secrets: [WebhookSecret], tolerance: Duration = .seconds(300)) {
        self.secrets = secrets
        self.tolerance = tolerance
    }

    /// Checks the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` against the body.
    ///
    /// Signatures are compared in a time that does not depend on where they differ.
    ///
    /// - Returns: When the sender sent it, to the second.
    /// - Throws: ``WebhookRejection`` with the status 401.
    @discardableResult
    public func verify(_ request: WebhookRequest, at now: Timestamp = WallClock.system.now) throws(WebhookRejection)
        -> Timestamp
    {
        guard let id = request["webhook-id"], !id.isEmpty, let time = request["webhook-timestamp"],
            let signatures = request["webhook-signature"]
        else {
            throw WebhookRejection(
                401, "'webhook-id', 'webhook-timestamp' and 'webhook-signature' are needed, each once")
        }
        guard (1...12).contains(time.utf8.count), time.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(time)
        else { throw WebhookRejection(401, "'webhook-timestamp' is not a number of seconds since 1970") }
        guard Duration.seconds(abs(seconds - now.milliseconds / 1000)) <= tolerance else {
            throw WebhookRejection(
                401, "'webhook-timestamp' is too far from this machine's time; it is sent too late, or a clock is wrong"
            )
        }
        for signature in signatures.split(separator: " ").prefix(Self.mostSignatures) {
            for secret in secrets
            where secret.isSignature(String(signature), ofID: id, timestamp: seconds, body: request.body) {
                return Timestamp(microseconds: seconds * 1_000_000)
            }
        }
        throw WebhookRejection(401, "no signature is right: the secret is another one, or the request was altered")
    }
}
