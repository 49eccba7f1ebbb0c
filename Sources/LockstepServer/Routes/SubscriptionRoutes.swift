import HTTPTypes
import Lockstep

/// Subscriptions: who receives what, and how.
enum SubscriptionRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/subscriptions", id: "listSubscriptions",
                summary: "All subscriptions, declared in lockstep.yaml or made here.", access: .role(.read),
                success: (.ok, .init(description: "The subscriptions.", schema: .page(of: .named("Subscription"))))
            ) { _ in try HubAnswer(try await backend.subscriptions()) },
            HubRoute(
                method: .get, path: "/v1/subscriptions/{name}", id: "getSubscription", summary: "One subscription.",
                access: .role(.read),
                success: (.ok, .init(description: "The subscription.", schema: .named("SubscriptionDetail")))
            ) { request in HubAnswer(.ok, try await backend.subscription(request.name("name"))) },
            HubRoute(
                method: .post, path: "/v1/subscriptions", id: "createSubscription",
                summary: "Make a subscription: its queue is there when this is answered.", access: .role(.admin),
                body: .json(
                    .object(
                        "A subscription.",
                        ["name": .text("The office's name."), "settings": settings, "reason": reason])),
                success: (.created, .init(description: "What was done.", schema: .named("SubscriptionDone"))),
                problems: [.conflict]
            ) { request in
                let object = try request.object(["name", "settings", "reason"])
                guard let name = try object.text("name") else {
                    throw HubProblem(.badRequest, "The body needs a key 'name': the office's.")
                }
                let deed = try request.deed(object)
                return HubAnswer(
                    .created, try await backend.createSubscription(name, try Self.settings(object), deed))
            },
            HubRoute(
                method: .patch, path: "/v1/subscriptions/{name}", id: "changeSubscription",
                summary: "Change a subscription: keys that are null go back to their defaults (RFC 7396). No event is "
                    + "missed: what is new is bound before what is old is unbound.",
                access: .role(.admin),
                body: .json(
                    .object(
                        "What changes.",
                        [
                            "settings": settings, "reason": reason,
                            "revision": Schema.integer(
                                "The one that was seen: another change meanwhile is refused.", 1...1_000_000_000
                            )
                            .orNull,
                        ], required: ["settings", "reason"])),
                success: (.ok, .init(description: "What was done.", schema: .named("SubscriptionDone"))),
                problems: [.conflict]
            ) { request in
                let object = try request.object(["settings", "reason", "revision"])
                let deed = try request.deed(object)
                let revision = object["revision"].flatMap { $0.isNull ? nil : $0 }
                guard revision == nil || Int(revision?.text ?? "") != nil else {
                    throw HubProblem(.badRequest, "The body's key 'revision' needs a whole number.")
                }
                return HubAnswer(
                    .ok,
                    try await backend.changeSubscription(
                        request.name("name"), try Self.settings(object), revision: revision.flatMap { Int($0.text) },
                        deed))
            },
            HubRoute(
                method: .delete, path: "/v1/subscriptions/{name}", id: "deleteSubscription",
                summary:
                    "Delete a subscription. While anything is queued that is refused, unless it is to be moved to the "
                    + "dead letters.",
                access: .role(.admin),
                query: [
                    HubRoute.Parameter(name: "reason", schema: .text("Why, for auditors.", ["minLength": 1])),
                    .choice("queued", "refuse (unless said otherwise) or dead-letters.", ["refuse", "dead-letters"]),
                ],
                success: (.ok, .init(description: "What was done.", schema: .named("SubscriptionDone"))),
                problems: [.conflict]
            ) { request in
                let reason = request.query["reason"].map { ("reason", JSONText(string: $0)) }
                let deed = try request.deed(JSONObject([reason].compactMap(\.self)))
                return HubAnswer(
                    .ok,
                    try await backend.deleteSubscription(
                        request.name("name"), movesQueued: request.query["queued"] == "dead-letters", deed))
            },
            pausing("pause", "Stop delivering; the queue keeps filling.", backend, pauses: true),
            pausing("resume", "Deliver again.", backend, pauses: false),
        ]
    }

    private static func pausing(
        _ verb: String, _ summary: String, _ backend: any HubBackend, pauses: Bool
    ) -> HubRoute {
        HubRoute(
            method: .post, path: "/v1/subscriptions/{name}/\(verb)", id: "\(verb)Subscription", summary: summary,
            access: .role(.operate), body: .json(.object("Why.", ["reason": reason])),
            success: (.ok, .init(description: "What was done.", schema: .named("SubscriptionDone"))),
            problems: [.conflict]
        ) { request in
            let deed = try request.deed(try request.object(["reason"]))
            return HubAnswer(.ok, try await backend.pauseSubscription(request.name("name"), pauses, deed))
        }
    }

    private static let reason = Schema.text("Why, for auditors.", ["minLength": 1, "maxLength": 1000])

    private static let settings = Schema.map(
        "The keys that lockstep.yaml has under an office, with the same values: events, callback, retry, …",
        of: .anything("A value."))

    private static func settings(_ object: JSONObject) throws -> JSONObject {
        guard let settings = try object.object("settings") else {
            throw HubProblem(.badRequest, "The body needs a key 'settings': an object with the keys of lockstep.yaml.")
        }
        return settings
    }

    static let schemas: [String: Schema] = [
        "Subscription": .object(
            "Who receives what.",
            [
                "office": .text("The office's name."), "kind": .text("declared in lockstep.yaml, made, or deleting."),
                "events": .list("Its patterns.", of: .text("A pattern.")), "delivery": .text("worker, or an address."),
                "paused": .flag("Whether it is told nothing for now."),
            ], isOpen: true),
        "SubscriptionDetail": .object(
            "A subscription with all that is known of it; secrets are masked.",
            ["subscription": .named("Subscription")], isOpen: true),
        "SubscriptionDone": .object(
            "What was done.",
            [
                "office": .text("The office's name."), "done": .text("What."),
                "note": .text("Further words for people."),
                "deadLetters": .integer("How many deliveries became dead letters."),
            ], isOpen: true),
    ]
}
