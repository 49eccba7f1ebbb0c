import HTTPTypes
import Lockstep

/// Offices.
enum OfficeRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/offices", id: "listOffices", summary: "All offices, as the broker sees them.",
                access: .role(.read),
                success: (.ok, .init(description: "The offices.", schema: .page(of: .named("Office"))))
            ) { _ in try HubAnswer(try await backend.offices()) },
            HubRoute(
                method: .get, path: "/v1/offices/{office}", id: "getOffice",
                summary: "One office: its queue, and what its replica holds where that is on the hub's machine.",
                access: .role(.read),
                success: (.ok, .init(description: "The office.", schema: .named("OfficeDetail")))
            ) { request in HubAnswer(.ok, try await backend.office(request.name("office"))) },
        ]
    }

    static let schemas: [String: Schema] = [
        "Office": .object(
            "An office as the broker sees it.",
            [
                "office": .text("Its name."),
                "ready": Schema.integer("Deliveries that nobody has been handed yet.").orNull,
                "unacknowledged": Schema.integer("Deliveries that its worker has and has not settled.").orNull,
                "waiting": Schema.integer("Deliveries that failed and wait for their next try; null: not known.")
                    .orNull,
                "dead": Schema.integer("Deliveries that were given up.").orNull,
                "consumers": Schema.integer("Workers, standbys included.").orNull,
                "rateIn": .number("Events that come in, a second."),
                "rateOut": .number("Deliveries that are settled, a second."),
            ], isOpen: true),
        "OfficeDetail": .object(
            "An office.",
            [
                "queue": .named("Office"),
                "replica": Schema.map(
                    "What its replica holds; null: it is not on this machine.", of: .anything("A value.")
                )
                .orNull,
            ], isOpen: true),
    ]
}
