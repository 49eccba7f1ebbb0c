import Foundation
import LockstepServer
import LockstepTesting
import Testing

/// The API's description, and whether it is true.
@Suite("The API's description", .timeLimit(.minutes(5)))
struct OpenAPITests {
    private static let answered: Set<Int> = [404, 405]

    @Test func isOpenAPI31AndNamesEveryRouteOnce() async throws {
        try await withHub(ModelBackend()) { hub in
            let answer = try await hub.send("GET", "/openapi.json")
            let document = try #require(answer.object)
            #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            let ids = paths.values.flatMap { $0.values.compactMap { $0["operationId"] as? String } }
            #expect(Set(ids).count == ids.count)
            #expect(paths["/v1/events"]?.keys.sorted() == ["post"])
            #expect(paths["/openapi.json"] != nil)
            #expect(Set(ids).isSuperset(of: ["publishEvents", "listOffices", "replayDeadLetters", "resolveConflict"]))
        }
    }

    @Test func refersToNoSchemaThatIsNotThere() async throws {
        try await withHub(ModelBackend()) { hub in
            let answer = try await hub.send("GET", "/openapi.json")
            let components = try #require(answer.object?["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: Any])
            for match in answer.text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
                #expect(schemas[String(match.1)] != nil, "\(match.1)")
            }
        }
    }

    /// Every answer to whatever is sent is one that is described, and none is the hub's failure.
    @Test func isTrueOfWhateverIsSent() async throws {
        try await withHub(ModelBackend(), limits: RequestLimits(size: 64 << 10, rate: 100_000, burst: 100_000)) { hub in
            let description = try #require(try await hub.send("GET", "/openapi.json").object)
            let components = (description["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
            var seen: [Int: Int] = [:]
            var succeeded: Set<String> = []
            try await forEachSeed(50) { seed, _ in
                var fuzzer = RequestFuzzer(description, seed: seed)
                for _ in 0..<50 {
                    let request = fuzzer.next()
                    let answer = try await hub.send(
                        request.method, request.path, headers: request.headers, body: request.body)
                    seen[answer.status, default: 0] += 1
                    let complaint = Self.complaint(about: answer, to: request, components)
                    try #require(
                        complaint == nil,
                        "\(request.method) \(request.path) \(request.headers) \(String(decoding: request.body ?? [], as: UTF8.self)): \(answer.status) \(answer.text): \(complaint ?? "")"
                    )
                    if answer.status < 300, let id = request.operation?["operationId"] as? String {
                        succeeded.insert(id)
                    }
                }
            }
            // A fuzzer that never gets through the gate has seen nothing.
            let paths = description["paths"] as? [String: [String: Any]] ?? [:]
            let all = paths.values.reduce(0) { $0 + $1.count }
            #expect(succeeded.count == all, "\(succeeded.sorted())")
            #expect(Set(seen.keys).isSuperset(of: [200, 202, 400, 401, 403, 404, 405, 415]), "\(seen)")
        }
    }

    private static func complaint(
        about answer: HubClient.Answer, to request: RequestFuzzer.Request, _ components: [String: Any]
    ) -> String? {
        guard answer.status < 500 else { return "the hub's failure" }
        let type = (answer.header("content-type") ?? "").prefix { $0 != ";" }
        guard request.method != "HEAD" else { return answered.contains(answer.status) ? nil : "HEAD is not described" }
        guard let operation = request.operation else {
            return answer.status < 300 || type == "application/problem+json" ? nil : "no problem but \(type)"
        }
        let responses = operation["responses"] as? [String: [String: Any]] ?? [:]
        guard let response = responses["\(answer.status)"] else {
            // A name in the path may be that of another path.
            return answered.contains(answer.status) ? nil : "the status is not described"
        }
        // The description may name parameters of the type, such as its characters' encoding.
        let content = response["content"] as? [String: [String: Any]] ?? [:]
        guard let described = content.first(where: { $0.key.prefix { $0 != ";" } == type })?.value else {
            return "the media type \(type) is not described"
        }
        guard type.hasSuffix("json") else { return nil }
        guard let json = answer.json else { return "this is no JSON" }
        let schema = described["schema"] as? [String: Any] ?? [:]
        let complaints = SchemaCheck(components: components).complaints(about: json, schema)
        return complaints.isEmpty ? nil : complaints.joined(separator: "; ")
    }
}
