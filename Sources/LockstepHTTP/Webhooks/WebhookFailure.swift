import AsyncHTTPClient
import NIOCore
import NIOSSL

/// Why a webhook could not be asked at all; no payload, no secret.
struct WebhookFailure: Error {
    let reason: String
    /// Whether it is not for want of an answer: what was found may not be asked.
    let isFinal: Bool

    init(_ reason: String, isFinal: Bool = false) {
        self.reason = reason
        self.isFinal = isFinal
    }

    /// What kept a request from being answered, in words; what the other side has sent is not repeated.
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: "\(error)"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "its certificate is for another host name"
        case NIOSSLError.handshakeFailed(let reason): describe(handshake: reason)
        case NIOSSLError.noCertificateToValidate, NIOSSLError.unableToValidateCertificate:
            "its certificate cannot be checked"
        default: "\(type(of: error))"
        }
    }

    /// Which of a chain's flaws it is, the TLS library does not tell; its own words are constants of its source.
    private static func describe(handshake error: BoringSSLError) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is not trusted: it has expired, or nobody whom this machine trusts has signed it"
        }
        return "the TLS handshake failed"
    }
}
