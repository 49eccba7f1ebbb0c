import HTTPTypes
import Lockstep

/// What the hub does while nobody waits for it: begun with the preference `respond-async`, looked at and stopped here.
enum OperationRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                method: .get, path: "/v1/operations", id: "listOperations",
                summary: "What goes on or went on while nobody waited for it, the newest first. Kept for 30 days.",
                access: .role(.read), query: [.limit, .after],
                success: (.ok, .init(description: "Operations.", schema: .page(of: .named("Operation"))))
            ) { request in try HubAnswer(try await backend.operations(request.range)) },
            HubRoute(
                method: .get, path: "/v1/operations/{id}", id: "getOperation",
                summary: "One operation: how far it is, and what came of it.", access: .role(.read),
                success: (.ok, .init(description: "The operation.", schema: .named("Operation")))
            ) { request in HubAnswer(.ok, try await backend.operation(request.name("id"))) },
            HubRoute(
                method: .delete, path: "/v1/operations/{id}", id: "cancelOperation",
                summary:
                    "Have an operation stopped; what it has done stays done, and nothing is lost. A migration is not "
                    + "stopped, as its offices would stay paused.",
                access: .role(.operate),
                query: [HubRoute.Parameter(name: "reason", schema: .text("Why, for auditors.", ["minLength": 1]))],
                success: (
                    .accepted,
                    .init(description: "The operation, which is being stopped.", schema: .named("Operation"))
                ),
                problems: [.conflict]
            ) { request in
                let reason = request.query["reason"].map { ("reason", JSONText(string: $0)) }
                let deed = try request.deed(JSONObject([reason].compactMap(\.self)))
                return HubAnswer(.accepted, try await backend.cancelOperation(request.name("id"), deed))
            },
        ]
    }

    /// The answer of work that is begun and goes on.
    static let begun = HubRoute.Answer(
        description:
            "It is begun, where the request prefers that (Prefer: respond-async): 'Location' names the operation.",
        schema: .named("Operation"))

    static let schemas: [String: Schema] = [
        "Operation": .object(
            "What the hub does while nobody waits for it.",
            [
                "id": .text("What names it."), "kind": .choice("What is done.", HubWork.kinds),
                "office": Schema.text("Whose; null: of all.").orNull, "person": .text("Who has begun it."),
                "reason": .text("Why."),
                "state": .choice(
                    "How far it is.", ["running", "done", "failed", "cancelled", "interrupted"]),
                "done": .integer("How much of it is done."),
                "total": Schema.integer("Of how much; null: nobody knows.").orNull,
                "begun": .text("When (RFC 3339)."), "ended": Schema.text("When; null: it goes on.").orNull,
                "result": Schema(
                    tree: [
                        "type": ["object", "null"],
                        "description": "What came of it, as it is answered to whoever waits; null: it has no result.",
                    ]),
                "problem": Schema.text("Why it did not come to its end, and what to do.").orNull,
            ], isOpen: true)
    ]
}

extension HubRoute {
    /// A route that does what may take long: while the caller waits, or, where it prefers that (RFC 7240), afterwards.
    init(
        path: String, id: String, summary: String, access: Access, body: Body, success: Answer,
        problems: [HTTPResponse.Status], _ backend: any HubBackend,
        work: @escaping @Sendable (HubRequest) throws -> (HubWork, HubDeed)
    ) {
        self.init(
            method: .post, path: path, id: id, summary: summary, access: access, body: body,
            success: (.ok, success), problems: problems, others: [(.accepted, OperationRoutes.begun)], isLong: true
        ) { request in
            let (work, deed) = try work(request)
            if Preference(request.headers).respondsAsync, let begun = try await backend.begin(work, deed) {
                var answer = HubAnswer(.accepted, begun.document)
                answer.headers[.location] = "/v1/operations/\(begun.id)"
                if let applied = HTTPField.Name("Preference-Applied") { answer.headers[applied] = "respond-async" }
                return answer
            }
            return HubAnswer(.ok, try await backend.perform(work, deed))
        }
    }
}
