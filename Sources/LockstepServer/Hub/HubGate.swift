import Foundation
import HTTPTypes
import Hummingbird
import Lockstep
import Logging

/// What every request passes: who asks, may they, how often, and is it what the route takes.
struct HubGate: Sendable {
    let backend: any HubBackend
    let limits: RequestLimits
    let limiter: RateLimiter
    /// Whether only this machine's own names are taken where no token is needed: a page of somebody else's, open in a
    /// browser on this machine, may have its name lead here.
    let checksHost: Bool
    let logger: Logger

    /// Answers a request; whatever goes wrong, there is an answer.
    func respond(_ route: HubRoute, _ request: Request, _ context: HubContext) async -> Response {
        do {
            return try await answer(route, request, context).response()
        } catch let problem as HubProblem {
            return HubAnswer(problem).response()
        } catch let error as LockstepError {
            let problem = HubProblem(error)
            if problem == nil || HubProblem.isInside(error) {
                logger.error(
                    "A request failed", metadata: ["operation": "\(route.id)", "reason": "\(error.message)"])
            }
            if let problem { return HubAnswer(problem).response() }
        } catch is CancellationError {
            return HubAnswer(HubProblem(.serviceUnavailable, "The hub is being stopped.", retryAfter: 5)).response()
        } catch {
            logger.error("A request failed", metadata: ["operation": "\(route.id)", "reason": "\(type(of: error))"])
        }
        return HubAnswer(HubProblem(.internalServerError, "The hub failed at this; its log says more.")).response()
    }

    private func answer(_ route: HubRoute, _ request: Request, _ context: HubContext) async throws -> HubAnswer {
        let caller = try await admit(route, request, context)
        var admitted = HubRequest(
            caller: caller, path: [:], query: try QueryReading(parameters: route.query).values(request.uri.query),
            headers: request.headers, body: [])
        for name in route.names {
            guard let value = context.parameters.get(name)?.removingPercentEncoding, !value.isEmpty
            else {
                throw HubProblem(.badRequest, "The path is not percent-encoded UTF-8.")
            }
            admitted.path[name] = value
        }
        if let body = route.body {
            guard body.takesOthers || body.forms[essence(of: request)] != nil else {
                throw HubProblem(
                    .unsupportedMediaType, "Send this as \(body.forms.keys.sorted().joined(separator: " or ")).")
            }
            admitted.body = try await BodyReading(limits: limits).bytes(of: request)
        }
        return try await route.handle(admitted)
    }

    /// Who asks, if that one may.
    private func admit(_ route: HubRoute, _ request: Request, _ context: HubContext) async throws -> HubCaller {
        guard case .role(let role) = route.access else {
            try count(address: context.address)
            return HubCaller(name: "anybody", role: nil)
        }
        switch try await backend.access(bearing: bearer(of: request, route)) {
        case .refused(let reason):
            try count(address: context.address)
            var problem = HubProblem(.unauthorized, reason)
            problem.asksBrowser = route.isForBrowsers
            throw problem
        case .granted(let caller):
            if caller.role == nil {
                try count(address: context.address)
                if checksHost, !Self.isLoopback(request.head.authority ?? "") {
                    throw HubProblem(
                        .forbidden,
                        "Without tokens the hub answers to this machine's own names only, like 127.0.0.1 and localhost; "
                            + "make tokens with 'lockstep tokens create'.")
                }
            } else if let wait = limiter.take("token " + caller.name) {
                throw tooMany(wait)
            }
            guard caller.may(role) else {
                throw HubProblem(
                    .forbidden,
                    "The token '\(caller.name)' does not have the role '\(role.rawValue)', which this needs.")
            }
            return caller
        }
    }

    private func count(address: String) throws {
        if let wait = limiter.take("address " + address) { throw tooMany(wait) }
    }

    private func tooMany(_ wait: Duration) -> HubProblem {
        HubProblem(
            .tooManyRequests, "More than \(limits.rate) requests a second; slow down, or raise hub.requests.rate.",
            retryAfter: max(1, Int((wait / .seconds(1)).rounded(.up))))
    }

    /// The token that a request bears (RFC 6750, section 2.1).
    private func bearer(of request: Request, _ route: HubRoute) -> String? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return "" }
        let value = parts[1].drop { $0 == " " }
        switch parts[0].lowercased() {
        case "bearer": return String(value)
        case "basic" where route.isForBrowsers:
            guard let text = Data(base64Encoded: String(value)).flatMap({ String(validating: $0, as: UTF8.self) }),
                let colon = text.firstIndex(of: ":")
            else { return "" }
            return String(text[text.index(after: colon)...])
        default: return ""
        }
    }

    private func essence(of request: Request) -> String {
        (request.headers[.contentType] ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }

    static func isLoopback(_ authority: String) -> Bool {
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) {
            host = host[..<colon]
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        return isAddress || host.lowercased() == "localhost" || host == "[::1]"
    }
}
