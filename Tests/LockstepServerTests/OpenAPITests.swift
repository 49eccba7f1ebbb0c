import Foundation
import LockstepServer
import LockstepTesting
import Testing

/// The API's description, and whether it is true.
@Suite("The API's description", .timeLimit(.minutes(5)))
struct OpenAPITests {
    @Test func isOpenAPI31AndNamesEveryRouteOnce() async throws {
        try await withHub(ModelBackend()) { hub in
            let answer = try await hub.send("GET", "/openapi.json")
            let document = try #require(answer.object)
            #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            let ids = paths.values.flatMap { $0.values.compactMap { $0["operationId"] as? String } }
            #expect(Set(ids).count == ids.count)
            #expect(paths["/v1/events"]?.keys.sorted() == ["get", "post"])
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
            let check = AnswerCheck(description)
            var seen: [Int: Int] = [:]
            var succeeded: Set<String> = []
            try await forEachSeed(80) { seed, _ in
                var fuzzer = RequestFuzzer(description, seed: seed)
                for _ in 0..<50 {
                    let request = fuzzer.next()
                    let answer = try await hub.send(
                        request.method, request.path, headers: request.headers, body: request.body)
                    seen[answer.status, default: 0] += 1
                    let complaint = check.complaint(about: answer, to: request)
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
}
