import HTTPTypes
import Lockstep

/// Deliveries that were given up: to be looked at, sent again, edited, thrown away.
enum DeadLetterRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/offices/{office}/dead-letters", id: "listDeadLetters",
                summary: "An office's dead letters, the oldest first.", access: .role(.read),
                query: [.limit, .after],
                success: (.ok, .init(description: "Dead letters.", schema: .page(of: .named("DeadLetter"))))
            ) { request in
                try HubAnswer(try await backend.deadLetters(of: request.name("office"), request.range))
            },
            HubRoute(
                method: .get, path: "/v1/offices/{office}/dead-letters/{id}", id: "getDeadLetter",
                summary: "One dead letter, with its headers and its body.", access: .role(.read),
                success: (.ok, .init(description: "The dead letter.", schema: .named("DeadLetterDetail")))
            ) { request in
                HubAnswer(.ok, try await backend.deadLetter(request.name("id"), of: request.name("office")))
            },
            HubRoute(
                path: "/v1/offices/{office}/dead-letters/replay", id: "replayDeadLetters",
                summary: "Send dead letters to their office again.", access: .role(.operate),
                body: DeadLetterChoice.body(isReplay: true),
                success: .init(description: "How many were sent.", schema: .named("DeadLetterCount")),
                problems: [.conflict], backend
            ) { request in
                let object = try request.object(DeadLetterChoice.keys(isReplay: true))
                let (choice, deed) = (try DeadLetterChoice(object), try request.deed(object))
                return (
                    .replayDeadLetters(choice.selection, rate: choice.rate, office: request.name("office")), deed
                )
            },
            HubRoute(
                path: "/v1/offices/{office}/dead-letters/discard", id: "discardDeadLetters",
                summary: "Throw dead letters away, for ever.", access: .role(.operate),
                body: DeadLetterChoice.body(isReplay: false),
                success: .init(description: "How many went.", schema: .named("DeadLetterCount")),
                problems: [.conflict], backend
            ) { request in
                let object = try request.object(DeadLetterChoice.keys(isReplay: false))
                let (choice, deed) = (try DeadLetterChoice(object), try request.deed(object))
                return (.discardDeadLetters(choice.selection, office: request.name("office")), deed)
            },
            HubRoute(
                method: .get, path: "/v1/offices/{office}/dead-letter-causes", id: "listDeadLetterCauses",
                summary: "An office's dead letters by cause, the most frequent first.", access: .role(.read),
                success: (.ok, .init(description: "Causes.", schema: .page(of: .named("DeadLetterCause"))))
            ) { request in try HubAnswer(try await backend.deadLetterCauses(of: request.name("office"))) },
            HubRoute(
                method: .post, path: "/v1/offices/{office}/dead-letters/{id}/edit", id: "editDeadLetter",
                summary: "Edit a dead letter and send it again; the original is kept for auditors.",
                access: .role(.operate),
                body: .json(
                    .object(
                        "What is to be other, and why.",
                        [
                            "data": Schema(tree: ["type": ["object", "null"], "description": "All of its data."]),
                            "fields": Schema(
                                tree: [
                                    "type": ["object", "null"], "description": "Fields of the data; null removes one.",
                                ]),
                            "attributes": Schema(
                                tree: [
                                    "type": ["object", "null"], "description": "CloudEvents attributes.",
                                    "additionalProperties": ["type": "string"],
                                ]),
                            "rehearse": .flag("Only say what would become of it, in its replica and its adapter."),
                            "reason": .text("Why, for auditors.", ["minLength": 1, "maxLength": 1000]),
                        ], required: ["reason"])),
                success: (.ok, .init(description: "What became of it.", schema: .named("DeadLetterEdit"))),
                problems: [.conflict, .contentTooLarge]
            ) { request in
                let object = try request.object(["data", "fields", "attributes", "rehearse", "reason"])
                let (repair, deed) = (try Self.repair(object), try request.deed(object))
                return HubAnswer(
                    .ok,
                    try await backend.editDeadLetter(request.name("id"), of: request.name("office"), repair, deed))
            },
        ]
    }

    private static func repair(_ object: JSONObject) throws -> HubRepair {
        var repair = HubRepair(isRehearsal: try object.flag("rehearse"))
        repair.data = try object.object("data")
        for field in try object.object("fields")?.fields ?? [] { repair.fields[field.name] = field.value }
        let attributes = try object.object("attributes") ?? JSONObject()
        for field in attributes.fields { repair.attributes[field.name] = try attributes.text(field.name) ?? "" }
        return repair
    }

    static let schemas: [String: Schema] = [
        "DeadLetter": .object(
            "A delivery that was given up.",
            [
                "id": .text("What names it."), "type": Schema.text("The event's type.").orNull,
                "subject": Schema.text("The record.").orNull, "attempts": .integer("How often it was tried."),
                "firstFailedAt": Schema.text("When it failed first (RFC 3339).").orNull,
                "errorClass": .text("What kind of reason it was given up for."), "error": .text("The reason."),
                "size": .integer("Bytes of its body."),
            ], isOpen: true),
        "DeadLetterDetail": .object(
            "A dead letter with all that it has.",
            [
                "letter": .named("DeadLetter"), "headers": .map("Its headers.", of: .text("A value.")),
                "body": Schema.text("Its body where it is UTF-8.").orNull,
                "bodyBase64": Schema.text("Its body where it is not.").orNull,
            ], isOpen: true),
        "DeadLetterCount": .object(
            "What was done.",
            ["office": .text("Whose."), "count": .integer("How many."), "done": .text("replayed or discarded")],
            isOpen: true),
        "DeadLetterCause": .object(
            "Dead letters of one cause.",
            [
                "cause": .text("What names it."), "errorClass": .text("What kind of reason."),
                "reason": .text("The reason."),
                "count": .integer("How many."), "returned": .integer("How many of them were sent again before."),
                "oldest": Schema.text("When the first was given up.").orNull,
                "newest": Schema.text("When the last was.").orNull, "example": .text("The id of one of them."),
            ], isOpen: true),
        "DeadLetterEdit": .object(
            "What became of it, or would become of it.",
            [
                "office": .text("The office's name."), "id": .text("The dead letter's id."),
                "way": .choice(
                    "Whether it is sent to its office, or published for all as a change of its own.",
                    ["repaired", "corrected"]),
                "event": Schema.text("The id of the event that was sent; null: none was.").orNull,
                "differences": .list(
                    "What differs from the original.",
                    of: .object(
                        "A difference.",
                        [
                            "name": .text("What differs."), "before": Schema.text("The original's.").orNull,
                            "after": Schema.text("What was sent.").orNull,
                        ])),
                "outcome": Schema.text(
                    "What the office's replica would make of it: a merge outcome, or refused; null: nobody knows."
                ).orNull,
                "reason": Schema.text("Why the replica would refuse it.").orNull,
                "adapter": Schema.choice(
                    "What the office's adapter would do; none: the office has none; null: this was no dry run.",
                    Rehearsal.Word.allCases.map(\.rawValue) + ["none", "not-asked"]
                ).orNull,
                "adapterReason": Schema.text(
                    "How the adapter would apply it, or why it would not, or was not asked."
                ).orNull,
                "dryRun": .flag("Whether nothing was sent."),
            ], isOpen: true),
    ]
}
