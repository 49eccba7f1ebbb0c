import HTTPTypes
import Lockstep

/// Events in, and what became of them.
enum EventRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .post, path: "/v1/events", id: "publishEvents",
                summary: "Publish events: one (structured or binary mode), or a batch, all of it or nothing. "
                    + "An event that was taken before, by its source and id, is not published again.",
                access: .role(.publish), body: body,
                success: (
                    .accepted,
                    .init(
                        description: "They are on disk, and will be published.",
                        schema: .object(
                            "What was taken in.",
                            ["events": .list("The events, in order.", of: .named("AcceptedEvent"))]))
                ),
                problems: [.conflict]
            ) { request in
                let drafts = try EventReading(headers: request.headers, body: request.body).drafts()
                let accepted = try await backend.accept(drafts, from: request.caller)
                return HubAnswer(.accepted, try HubDocument(["events": accepted]))
            },
            HubRoute(
                method: .get, path: "/v1/events/{id}", id: "getEvent",
                summary: "Who has an event, and since when.", access: .role(.read),
                success: (.ok, .init(description: "What is known of it.", schema: .named("EventStatus")))
            ) { request in
                HubAnswer(.ok, try await backend.event(request.name("id")))
            },
            HubRoute(
                method: .get, path: "/v1/records/{subject}", id: "getRecord",
                summary: "Who has which version of a record. A slash in its name is written %2F.",
                access: .role(.read),
                success: (.ok, .init(description: "What is known of it.", schema: .named("Standings")))
            ) { request in
                HubAnswer(.ok, try await backend.record(request.name("subject")))
            },
        ]
    }

    private static let body = HubRoute.Body(
        forms: [
            EventReading.structured: .named("Event"),
            EventReading.batch: .list(
                "Events.", of: .named("Event"), ["maxItems": .number(EventReading.longestBatch)]),
            "application/json": .anything(
                "Binary mode: the event's data, a JSON object; its attributes are headers with the prefix ce-."),
        ], takesOthers: true, isOptional: true)

    static let schemas: [String: Schema] = [
        "Event": .object(
            "A CloudEvents 1.0 event about a record.",
            [
                "specversion": Schema(tree: ["const": "1.0"]),
                "id": .text(
                    "Unique for its source; sending it again does nothing.", ["minLength": 1, "maxLength": 200]),
                "source": .text("Who made the change. Left out, it is the token's origin; it must be no other."),
                "type": .text("What happened.", ["pattern": "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$", "maxLength": 180]),
                "subject": .text("The record.", ["minLength": 1, "maxLength": 512]),
                "time": Schema.text("When it happened (RFC 3339).", ["format": "date-time"]).orNull,
                "scope": Schema.text("The region or tenant.", ["pattern": "^[a-z0-9-]+$", "maxLength": 64]).orNull,
                "operation": .choice("What it does to the record.", ["merge", "replace", "delete"]),
                "recordversion": Schema.text("Which change of the record it is; left out, the hub gives it one.")
                    .orNull,
                "recordseen": Schema.text("What its origin had seen of the record.").orNull,
                "datacontenttype": Schema.text("application/json.").orNull,
                "traceparent": Schema.text("W3C trace context.").orNull,
                "data": Schema(
                    tree: ["type": ["object", "null"], "description": "The fields that change; null removes one."]),
            ], required: ["specversion", "id", "type", "subject"], isOpen: true),
        "AcceptedEvent": .object(
            "An event that was taken in.",
            [
                "id": .text("Its id."), "source": .text("Who made the change."),
                "recordversion": .text("Which change of the record it is."),
                "repeated": .flag("Whether it had been taken in before, and is not published again."),
            ]),
        "EventStatus": .object(
            "What is known of an event.",
            [
                "hub": .list(
                    "Where this hub took it in: one for each source that gave this id.",
                    of: .object(
                        "How the hub took it in.",
                        [
                            "source": .text("Who made the change."),
                            "recordversion": .text("Which change of the record it is."),
                            "accepted": .text("When (RFC 3339)."),
                        ])),
                "ledger": Schema.named("Standings").orNull,
            ]),
        "Standings": .object(
            "Who has it.",
            [
                "subject": .text("The record."),
                "events": .list("The events that are spoken of.", of: .map("An event.", of: .anything("A value."))),
                "offices": .list("How the offices stand to them.", of: .named("Standing")),
            ]),
        "Standing": .object(
            "How an office stands to an event.",
            [
                "office": .text("Its name."), "state": .text("applied, waiting, dead, no word yet, …"),
                "event": .text("The event."), "version": .text("The version."),
                "attempts": .integer("How often tried."),
                "hasIt": .flag("Whether the office has it."),
                "delayMilliseconds": .integer("How long it took, or takes."),
                "since": Schema.text("Since when (RFC 3339).").orNull,
                "until": Schema.text("When it is tried again (RFC 3339).").orNull,
                "reason": Schema.text("Why the office does not have it.").orNull,
            ], required: ["office", "state", "hasIt"], isOpen: true),
    ]
}
