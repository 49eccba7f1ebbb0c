import Crypto
import Foundation
public import Lockstep

/// What a webhook's requests are signed with: `whsec_` and 24 to 64 bytes in Base64 (Standard Webhooks).
public struct WebhookSecret: Sendable, Hashable {
    private let key: [UInt8]

    /// Reads a secret.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`, which does not repeat it.
    public init(_ text: String) throws(LockstepError) {
        guard text.hasPrefix("whsec_"), let key = Data(base64Encoded: String(text.dropFirst(6))),
            (24...64).contains(key.count)
        else {
            throw LockstepError(
                .invalidConfiguration,
                "The webhook's secret cannot be used: it must be 'whsec_' and 24 to 64 bytes in Base64, like "
                    + "\"whsec_$(openssl rand -base64 32)\" makes one."
            )
        }
        self.key = Array(key)
    }

    /// The signature of a request, as the header `webhook-signature` has it.
    ///
    /// - Parameter timestamp: Seconds since 1970, as in the header `webhook-timestamp`.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        return "v1," + Data(code).base64EncodedString()
    }

    /// Whether one entry of the header `webhook-signature` is of this request and by this secret.
    ///
    /// - Parameter timestamp: Seconds since 1970, as in the header `webhook-timestamp`.
    func isSignature(_ text: String, ofID id: String, timestamp: Int64, body: [UInt8]) -> Bool {
        guard text.hasPrefix("v1,"), let code = Data(base64Encoded: String(text.dropFirst(3))) else { return false }
        let signed = Array("\(id).\(timestamp).".utf8) + body
        // Compares in constant time.
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: SymmetricKey(data: key))
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Says nothing of the secret.
    public var description: String { "a secret" }
    /// Shows nothing of the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
