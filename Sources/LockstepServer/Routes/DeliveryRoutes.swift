import HTTPTypes
import Lockstep

/// What became of events, all together: the ledger's lists.
enum DeliveryRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/deliveries", id: "listDeliveries",
                summary: "Deliveries that offices have spoken of, those of the newest events first; from the ledger, "
                    + "where that is kept on the hub's machine.",
                access: .role(.read),
                query: [
                    .limit, .after, HubRoute.Parameter(name: "office", schema: .text("Only this office's.")),
                    .choice("state", "Only those that stand so.", DeliveryWord.allCases.map(\.rawValue)),
                ] + events,
                success: (.ok, .init(description: "Deliveries.", schema: .page(of: .named("Delivery")))),
                problems: [.notFound]
            ) { request in
                let question = DeliveryQuestion(
                    events: try Self.events(request), office: try request.query["office"].map { try OfficeName($0) },
                    word: request.query["state"].flatMap(DeliveryWord.init))
                return try HubAnswer(try await backend.deliveries(question, request.range))
            },
            HubRoute(
                method: .get, path: "/v1/events", id: "listEvents",
                summary: "Events that the ledger has heard of, the newest first, whoever published them.",
                access: .role(.read), query: [.limit, .after] + events,
                success: (.ok, .init(description: "Events.", schema: .page(of: .named("ListedEvent")))),
                problems: [.notFound]
            ) { request in
                try HubAnswer(try await backend.events(try Self.events(request), request.range))
            },
        ]
    }

    private static let events: [HubRoute.Parameter] = [
        HubRoute.Parameter(
            name: "subject", schema: .text("Only about this record, the newest version first.", ["minLength": 1])),
        .moment("since", "Of events that the ledger first heard of then or later (RFC 3339)."),
        .moment("until", "Of events that the ledger first heard of before then (RFC 3339)."),
    ]

    private static func events(_ request: HubRequest) throws -> EventQuestion {
        EventQuestion(
            subject: try request.query["subject"].map { try Subject($0) },
            since: request.query["since"].flatMap { Timestamp(rfc3339: $0) },
            until: request.query["until"].flatMap { Timestamp(rfc3339: $0) })
    }

    static let schemas: [String: Schema] = [
        "Delivery": .object(
            "One event on its way to one office.",
            [
                "office": .text("The office's name."),
                "state": .choice(
                    "How it stands; of waiting and dead the office does not have it.",
                    DeliveryWord.allCases.map(\.rawValue)),
                "event": .text("The event's id."), "subject": .text("The record."),
                "version": .text("Which change of the record it is."),
                "type": Schema.text("What happened; null: no publisher has reported it.").orNull,
                "attempts": .integer("The highest number of a try."),
                "since": Schema.text("Since when it stands so (RFC 3339).").orNull,
                "until": Schema.text("When it is tried again at the earliest (RFC 3339).").orNull,
                "reason": Schema.text("Why the office does not have it.").orNull,
                "published": .text("When it was published (RFC 3339)."),
                "heard": .text("When the ledger first heard of the event (RFC 3339)."),
                "delayMilliseconds": .integer("From the publication until the office had it, or until now."),
                "place": .text("What to give as 'after' to go on after this one."),
            ], isOpen: true),
        "ListedEvent": .object(
            "An event, and how many offices have it.",
            [
                "event": .text("Its id."), "subject": .text("The record."),
                "version": .text("Which change of the record it is."),
                "source": Schema.text("Who made the change; null: no publisher has reported it.").orNull,
                "type": Schema.text("What happened.").orNull, "scope": Schema.text("The region or tenant.").orNull,
                "published": .text("When it was published (RFC 3339)."),
                "publication": Schema.choice("The broker's answer.", ["confirmed", "unrouted", "refused"]).orNull,
                "heard": .text("When the ledger first heard of it (RFC 3339)."),
                "held": .integer("How many offices have it."),
                "waiting": .integer("How many offices try it again."),
                "dead": .integer("How many offices gave it up."),
                "place": .text("What to give as 'after' to go on after this one."),
            ], isOpen: true),
    ]
}
