import Foundation
import Lockstep
import LockstepServer
import Testing

/// The page for administrators.
@Suite("The hub's page", .timeLimit(.minutes(1)))
struct HubPageTests {
    private static func basic(_ token: String) -> [(String, String)] {
        [("Authorization", "Basic " + Data("anybody:\(token)".utf8).base64EncodedString())]
    }

    @Test func isForABrowserThatGivesTheTokenAsPassword() async throws {
        try await withHub(ModelBackend()) { hub in
            let asked = try await hub.send("GET", "/")
            #expect(asked.status == 401)
            #expect(asked.header("www-authenticate")?.hasPrefix("Basic ") == true)
            let page = try await hub.send("GET", "/", headers: Self.basic("secret-read"), body: nil)
            #expect(page.status == 200)
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            let wrong = try await hub.send("GET", "/", headers: Self.basic("secret-publish"), body: nil)
            #expect(wrong.status == 403)
            // Elsewhere a browser's password is none: a page of somebody else's could make it send one.
            let api = try await hub.send("GET", "/v1/offices", headers: Self.basic("secret-read"), body: nil)
            #expect(api.status == 401)
        }
    }

    @Test func runsNothingAndEscapesWhatOthersWrote() async throws {
        try await withHub(ModelBackend()) { hub in
            let page = try await hub.send("GET", "/", as: .read)
            #expect(!page.text.contains("<script"))
            #expect(page.text.contains("&lt;script&gt;alert(&#39;ward&#39;)"))
            #expect(page.text.contains("a &amp; b"))
            // What stands in an attribute cannot end it.
            #expect(page.text.contains(#"data-title="Of&quot;fice">"#))
            #expect(page.header("content-security-policy")?.contains("default-src 'none'") == true)
        }
    }
}
