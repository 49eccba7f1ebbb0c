import HTTPTypes
import Hummingbird
import Lockstep

/// The hub's routes, and the router that they make.
struct HubRouter {
    /// The methods that some route has, or that people try.
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    let routes: [HubRoute]

    init(_ backend: any HubBackend) {
        let working =
            EventRoutes.all(backend) + DeliveryRoutes.all(backend) + OutboxRoutes.all(backend)
            + OfficeRoutes.all(backend)
            + DeadLetterRoutes.all(backend) + SubscriptionRoutes.all(backend) + ConflictRoutes.all(backend)
            + MendingRoutes.all(backend) + OperationRoutes.all(backend) + PageRoutes.all(backend)
        // The description describes the route that it is answered at, too.
        let shown = working + StatusRoutes.all(backend) { preconditionFailure("these routes are only described") }
        let document = OpenAPIDocument(routes: shown, schemas: Self.schemas).tree
        routes = working + StatusRoutes.all(backend) { try HubDocument(document) }
    }

    private static let schemas = [
        EventRoutes.schemas, DeliveryRoutes.schemas, OutboxRoutes.schemas, OfficeRoutes.schemas, ConflictRoutes.schemas,
        SubscriptionRoutes.schemas, DeadLetterRoutes.schemas, MendingRoutes.schemas, OperationRoutes.schemas,
    ].reduce(into: [:]) { $0.merge($1) { $1 } }

    /// A router that lets requests through the gate.
    func router(_ gate: HubGate) -> Router<HubContext> {
        let router = Router(context: HubContext.self)
        router.middlewares.add(UnknownPaths())
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            for route in routes {
                router.on(RouterPath(path), method: route.method) { request, context in
                    await gate.respond(route, request, context)
                }
            }
            let known = routes.map(\.method)
            var problem = HubProblem(.methodNotAllowed, "There is no such method here.")
            problem.allowed = known.map(\.rawValue).sorted()
            let answer = HubAnswer(problem)
            for method in Self.methods where !known.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ in answer.response(to: method) }
            }
        }
        return router
    }
}

/// Answers in the API's own form where there is no route.
private struct UnknownPaths: RouterMiddleware {
    typealias Context = HubContext

    // Hummingbird's protocol is compiled with other defaults of isolation.
    @concurrent func handle(
        _ request: Request, context: HubContext, next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return HubAnswer(
                HubProblem(.notFound, "There is nothing here; GET /openapi.json describes what there is.")
            ).response(to: request.method)
        }
    }
}
