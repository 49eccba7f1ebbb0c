import HTTPTypes
import Lockstep

/// The page for administrators.
enum PageRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        let html = "text/html; charset=utf-8"
        return [
            HubRoute(
                method: .get, path: "/", id: "getPage",
                summary:
                    "The page for administrators. A browser asks for a name, which is not looked at, and for the token.",
                access: .role(.read), isForBrowsers: true,
                success: (.ok, .init(description: "The page.", mediaType: html, schema: .text("HTML.")))
            ) { _ in
                var answer = HubAnswer(.ok, OverviewPage(overview: try await backend.overview()).html, mediaType: html)
                answer.headers[.contentSecurityPolicy] = OverviewPage.policy
                answer.headers[HTTPField.Name("Referrer-Policy") ?? .referer] = "no-referrer"
                return answer
            },
            HubRoute(
                method: .get, path: "/page.css", id: "getStyle", summary: "The page's style.", access: .anybody,
                success: (.ok, .init(description: "CSS.", mediaType: "text/css", schema: .text("CSS.")))
            ) { _ in HubAnswer(.ok, OverviewPage.style, mediaType: "text/css; charset=utf-8") },
        ]
    }
}
