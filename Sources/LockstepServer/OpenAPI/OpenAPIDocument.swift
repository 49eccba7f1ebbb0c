import HTTPTypes
import Lockstep

/// The API's description, OpenAPI 3.1, written from the routes.
struct OpenAPIDocument {
    let routes: [HubRoute]
    let schemas: [String: Schema]

    var tree: JSONTree {
        var paths: [String: JSONTree] = [:]
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            paths[path] = .object(
                Dictionary(uniqueKeysWithValues: routes.map { ($0.method.rawValue.lowercased(), operation($0)) }))
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Lockstep hub", "version": "1",
                "description":
                    "Events in, and what became of them; subscriptions, dead letters, conflicts. Problems are RFC 9457.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.merging(["Problem": Self.problem]) { $1 }.mapValues(\.tree)),
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            "Made by 'lockstep tokens create'. As long as none was ever made, none is needed.",
                    ]
                ],
            ],
        ]
    }

    private func operation(_ route: HubRoute) -> JSONTree {
        var operation: [String: JSONTree] = [
            "operationId": .text(route.id), "summary": .text(route.summary), "responses": responses(of: route),
        ]
        let preference: [JSONTree] =
            route.isLong
            ? [
                Self.parameter(
                    "Prefer", in: "header",
                    .choice("Whether the answer is not to wait until it is done (RFC 7240).", ["respond-async"]))
            ] : []
        let parameters =
            preference + route.names.map { Self.parameter($0, in: "path", .text("Percent-encoded.", ["minLength": 1])) }
            + route.query.map { Self.parameter($0.name, in: "query", $0.schema) }
        if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
        if let body = route.body {
            operation["requestBody"] = [
                "required": .flag(!body.isOptional),
                "content": .object(body.forms.mapValues { ["schema": $0.tree] }),
            ]
        }
        if case .role(let role) = route.access {
            operation["security"] = [["token": []]]
            operation["x-lockstep-role"] = .text(role.rawValue)
        }
        return .object(operation)
    }

    private func responses(of route: HubRoute) -> JSONTree {
        var responses: [String: JSONTree] = [:]
        for problem in route.allProblems {
            responses["\(problem.code)"] = [
                "description": .text(problem.reasonPhrase),
                "content": ["application/problem+json": ["schema": Schema.named("Problem").tree]],
            ]
        }
        for (status, answer) in [route.success] + route.others {
            var response: [String: JSONTree] = [
                "description": .text(answer.description),
                "content": .object([Self.essence(answer.mediaType): ["schema": answer.schema.tree]]),
            ]
            if route.isLong, status == .accepted {
                response["headers"] = [
                    "Location": ["schema": Schema.text("The operation's path.").tree],
                    "Preference-Applied": ["schema": Schema.choice("What was preferred.", ["respond-async"]).tree],
                ]
            }
            responses["\(status.code)"] = .object(response)
        }
        return .object(responses)
    }

    private static func essence(_ mediaType: String) -> String {
        String(mediaType.prefix { $0 != ";" })
    }

    private static func parameter(_ name: String, in place: String, _ schema: Schema) -> JSONTree {
        [
            "name": .text(name), "in": .text(place), "required": .flag(place == "path"), "schema": schema.tree,
        ]
    }

    private static let problem = Schema.object(
        "Why a request was not answered as it was meant to be (RFC 9457).",
        [
            "title": .text("What kind of problem."), "status": .integer("The HTTP status."),
            "detail": .text("What happened and what to do."),
            "errors": .list(
                "What is wrong with each of several things.",
                of: .object("A thing.", ["index": .integer("Which, from 0."), "detail": .text("What is wrong.")])),
        ], required: ["title", "status", "detail"])
}
