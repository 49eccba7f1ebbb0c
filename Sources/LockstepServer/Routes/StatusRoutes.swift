import HTTPTypes
import Lockstep

/// What the hub shows of itself.
enum StatusRoutes {
    /// - Parameter document: The API's description.
    static func all(_ backend: any HubBackend, document: @escaping @Sendable () throws -> HubDocument) -> [HubRoute] {
        let text = "text/plain; charset=utf-8"
        return [
            HubRoute(
                method: .get, path: "/healthz", id: "getHealth", summary: "Whether the process is alive.",
                access: .anybody,
                success: (.ok, .init(description: "It is.", mediaType: text, schema: .text("alive")))
            ) { _ in HubAnswer(.ok, "alive\n", mediaType: text) },
            HubRoute(
                method: .get, path: "/readyz", id: "getReadiness",
                summary: "Whether the hub can do its work; each part that is missing, on a line of its own.",
                access: .anybody,
                success: (.ok, .init(description: "It can.", mediaType: text, schema: .text("ready"))),
                others: [
                    (
                        .serviceUnavailable,
                        .init(description: "Parts are missing.", mediaType: text, schema: .text("One part a line."))
                    )
                ]
            ) { _ in
                let (isReady, lines) = await backend.readiness().answer
                return HubAnswer(isReady ? .ok : .serviceUnavailable, lines, mediaType: text)
            },
            HubRoute(
                method: .get, path: "/metrics", id: "getMetrics", summary: "Metrics, for Prometheus.",
                access: .role(.read),
                success: (
                    .ok, .init(description: "Metrics.", mediaType: "text/plain", schema: .text("Prometheus text."))
                )
            ) { _ in
                let metrics = await backend.metrics()
                return HubAnswer(.ok, metrics.text, mediaType: metrics.mediaType)
            },
            HubRoute(
                method: .get, path: "/openapi.json", id: "getDescription", summary: "This description.",
                access: .anybody,
                success: (
                    .ok, .init(description: "OpenAPI 3.1.", schema: .map("The description.", of: .anything("A part.")))
                )
            ) { _ in HubAnswer(.ok, try document()) },
        ]
    }
}
