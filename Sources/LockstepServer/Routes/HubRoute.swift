import HTTPTypes
import Lockstep

/// One thing that the API does: what it is called, who may do it, what it takes and answers, and the code that does it.
///
/// Handlers are registered, requests are checked and the OpenAPI description is written from the same value: the
/// description can say nothing that the hub does not do.
struct HubRoute: Sendable {
    /// Who may do it.
    enum Access: Sendable, Hashable {
        /// Everybody.
        case anybody
        /// Whose token allows it.
        case role(AccessRole)
    }

    /// What an answer looks like.
    struct Answer: Sendable {
        var description: String
        var mediaType = "application/json"
        var schema: Schema
    }

    /// What a request's body may be.
    struct Body: Sendable {
        /// Its media types, each with what it looks like.
        var forms: [String: Schema]
        /// Whether other media types are taken, too, where headers say what they are.
        var takesOthers = false
        /// Whether it may be left out.
        var isOptional = false
    }

    /// A parameter of the query.
    struct Parameter: Sendable {
        var name: String
        var schema: Schema
        /// Whether a value is one; what it should be otherwise.
        var accepts: @Sendable (String) -> Bool = { _ in true }
        var form = "a text"
    }

    let method: HTTPRequest.Method
    /// The path, with names in braces.
    let path: String
    /// What programs call it.
    let id: String
    /// What people call it.
    let summary: String
    let access: Access
    /// Whether people open it in a browser: then the token may be the password of HTTP's basic scheme (RFC 7617), which
    /// browsers ask for by themselves.
    var isForBrowsers = false
    var query: [Parameter] = []
    var body: Body?
    /// How it answers when it is done.
    let success: (status: HTTPResponse.Status, answer: Answer)
    /// How else it may answer, besides with what all routes of its kind have.
    var problems: [HTTPResponse.Status] = []
    /// Other answers that are no problems.
    var others: [(status: HTTPResponse.Status, answer: Answer)] = []
    /// Whether the caller may prefer not to wait for it (RFC 7240); then it is answered with 202.
    var isLong = false
    let handle: @Sendable (HubRequest) async throws -> HubAnswer

    /// The names in the path.
    var names: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// All problems that it may answer with.
    var allProblems: [HTTPResponse.Status] {
        var all: Set<HTTPResponse.Status> = Set(problems)
        all.formUnion([.badRequest, .tooManyRequests])
        if case .role = access { all.formUnion([.unauthorized, .forbidden]) }
        // What stands behind the hub may be away, full or damaged (503), or fail as nobody has thought of (500).
        if case .role = access { all.formUnion([.serviceUnavailable, .internalServerError]) }
        if !names.isEmpty { all.insert(.notFound) }
        if body != nil { all.formUnion([.contentTooLarge, .unsupportedMediaType, .requestTimeout]) }
        return all.sorted { $0.code < $1.code }
    }
}

extension HubRoute.Parameter {
    /// How many items a list has at most.
    static let limit = HubRoute.Parameter(
        name: "limit", schema: .integer("How many items at most; 50 unless said otherwise.", 1...1_000),
        accepts: { Int($0).map { (1...1_000).contains($0) } ?? false }, form: "a whole number from 1 to 1000")

    /// Where a list goes on.
    static let after = HubRoute.Parameter(
        name: "after", schema: .text("Where the part begins: what the part before named as 'next'."))

    /// A time.
    static func moment(_ name: String, _ description: String) -> HubRoute.Parameter {
        HubRoute.Parameter(
            name: name, schema: .text(description, ["format": "date-time"]),
            accepts: { Timestamp(rfc3339: $0) != nil }, form: "a time like 2026-01-31T18:00:00Z")
    }

    /// One of a few words.
    static func choice(_ name: String, _ description: String, _ words: [String]) -> HubRoute.Parameter {
        HubRoute.Parameter(
            name: name, schema: .choice(description, words), accepts: { words.contains($0) },
            form: "one of \(words.joined(separator: ", "))")
    }
}

extension HubRoute.Body {
    /// A JSON object.
    static func json(_ schema: Schema) -> HubRoute.Body { HubRoute.Body(forms: ["application/json": schema]) }
}
