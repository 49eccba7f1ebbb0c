import HTTPTypes
import Lockstep

/// Events that were written and are not published.
enum OutboxRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/outbox", id: "listOutbox",
                summary: "Events of an outbox that are not published, the oldest first.", access: .role(.read),
                query: [
                    .limit, .after,
                    .choice(
                        "outbox",
                        "Whose: the hub's own, of what came in over HTTP (hub, unless said otherwise), or the core app's (core), "
                            + "where one is configured on the hub's machine.",
                        HubOutboxQuestion.Box.allCases.map(\.rawValue)),
                    .choice(
                        "state", "How they stand; waiting, unless said otherwise.",
                        OutboxRow.State.allCases.map(\.rawValue)),
                ],
                success: (.ok, .init(description: "Events.", schema: .page(of: .named("OutboxEvent")))),
                problems: [.notFound]
            ) { request in
                let question = HubOutboxQuestion(
                    box: request.query["outbox"].flatMap(HubOutboxQuestion.Box.init) ?? .hub,
                    state: request.query["state"].flatMap(OutboxRow.State.init) ?? .waiting)
                return try HubAnswer(try await backend.outbox(question, request.range))
            }
        ]
    }

    static let schemas: [String: Schema] = [
        "OutboxEvent": .object(
            "An event that is not published.",
            [
                "state": .choice(
                    "How it stands: waiting goes with the next try; unrouted and refused stay until they are put back.",
                    OutboxRow.State.allCases.map(\.rawValue)),
                "event": Schema.text("The event's id.").orNull, "subject": .text("The record."),
                "type": .text("What happened."), "scope": Schema.text("The region or tenant.").orNull,
                "since": Schema.text("When it was written (RFC 3339).").orNull,
                "reason": Schema.text("Why it cannot be published.").orNull,
                "place": .text("What to give as 'after' to go on after this one."),
            ], isOpen: true)
    ]
}
