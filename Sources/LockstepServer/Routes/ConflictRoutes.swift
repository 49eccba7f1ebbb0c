import HTTPTypes
import Lockstep

/// Conflicts, and the report for auditors.
enum ConflictRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/conflicts", id: "listConflicts",
                summary: "The conflicts that offices on the hub's machine know of, the newest first.",
                access: .role(.read),
                query: [
                    .limit, .after, HubRoute.Parameter(name: "office", schema: .text("Only this office's.")),
                    .choice("state", "open, unsettled (unless said otherwise) or all.", states),
                ],
                success: (.ok, .init(description: "Conflicts.", schema: .page(of: .named("Conflict")))),
                problems: [.notFound]
            ) { request in
                let states = request.query["state"].flatMap(HubConflictQuestion.States.init) ?? .unsettled
                let question = HubConflictQuestion(office: request.query["office"], states: states)
                return try HubAnswer(try await backend.conflicts(question, request.range))
            },
            HubRoute(
                method: .post, path: "/v1/conflicts/{id}/resolve", id: "resolveConflict",
                summary: "Settle a conflict: take one side, or give another value.", access: .role(.operate),
                body: .json(
                    .object(
                        "What is to stand, and why: either take or value.",
                        [
                            "office": Schema.text("In whose replica; else in the first that knows of it.").orNull,
                            "take": Schema.text("Take the value of this origin.").orNull,
                            "value": .anything("Another value; null removes the field."),
                            "reason": .text("Why; everybody can read it.", ["minLength": 1, "maxLength": 1000]),
                        ], required: ["reason"])),
                success: (.ok, .init(description: "The change that settles it.", schema: .named("Edit"))),
                problems: [.conflict]
            ) { request in
                let object = try request.object(["office", "take", "value", "reason"])
                let decision = HubDecision(office: try object.text("office"), choice: try Self.choice(object))
                return HubAnswer(
                    .ok, try await backend.resolveConflict(request.name("id"), decision, try request.deed(object)))
            },
            HubRoute(
                method: .get, path: "/v1/report", id: "getReport",
                summary: "A report of who has what; it is numbered, and entered into the register for auditors.",
                access: .role(.read),
                query: [
                    .limit, HubRoute.Parameter(name: "about", schema: .text("One record only, with its history.")),
                ],
                success: (
                    .ok, .init(description: "The report.", schema: .map("A report.", of: .anything("A part of it.")))
                ),
                problems: [.notFound]
            ) { request in
                let limit = request.query["limit"].flatMap { Int($0) } ?? 1_000
                return HubAnswer(.ok, try await backend.report(about: request.query["about"], limit: limit))
            },
        ]
    }

    private static let states = HubConflictQuestion.States.allCases.map(\.rawValue)

    private static func choice(_ object: JSONObject) throws -> ConflictResolution.Choice {
        let take = try object.text("take")
        guard (take == nil) != (object["value"] == nil) else {
            throw HubProblem(
                .badRequest, "Give either 'take', an origin, or 'value'; to remove the field: \"value\": null.")
        }
        if let take { return .take(try Origin(take)) }
        return .value(object["value"] ?? .null)
    }

    static let schemas: [String: Schema] = [
        "Conflict": .object(
            "A field whose values were written by changes that had not seen each other.",
            [
                "office": .text("Whose replica knows of it."), "id": .text("Its name."),
                "state": .choice("How it stands.", ["open", "decided", "settled"]), "record": .text("The record."),
                "field": .text("The field; empty: whether the record exists."),
                "values": .list("The values.", of: .map("A value.", of: .anything("A part of it."))),
                "policy": .text("Which policy chooses what is shown."), "firstSeen": .text("When (RFC 3339)."),
                "settledBy": Schema.text("The version that settled it.").orNull,
                "settledByEvent": Schema.text("The event that settled it.").orNull,
                "settledAt": Schema.text("When (RFC 3339).").orNull, "person": Schema.text("Who decided.").orNull,
                "reason": Schema.text("Why.").orNull,
            ], isOpen: true),
        "Edit": .object(
            "A change that was made in an office.",
            [
                "id": .text("The event's id."), "type": .text("Its type."), "subject": .text("The record."),
                "version": .text("Which change of the record it is."), "routingKey": .text("What it is routed by."),
                "office": .text("The office."),
            ], isOpen: true),
    ]
}
