import Lockstep
import Testing

@testable import LockstepHTTP

@Suite("A webhook's secret")
struct WebhookSecretTests {
    @Test("signs as the example of Standard Webhooks does")
    func example() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("is never shown")
    func hidden() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        var shown = "\(secret) \(String(reflecting: secret))"
        dump(secret, to: &shown)
        #expect(!shown.contains("MfKQ") && !shown.contains("49, 242"))
    }

    @Test("what is none", arguments: ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%"])
    func bad(_ text: String) {
        #expect(throws: LockstepError.self) { try WebhookSecret(text) }
    }
}
