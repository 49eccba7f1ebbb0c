import Lockstep
import LockstepServer
import Testing

/// Events in, over HTTP.
@Suite("Events in over HTTP", .timeLimit(.minutes(1)))
struct HubEventsTests {
    private static let structured = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json"

    private static func event(_ id: String, _ more: String = "") -> String {
        #"{"specversion":"1.0","id":"\#(id)","type":"permit.issued","subject":"permit/1","data":{"a":1}\#(more)}"#
    }

    @Test func anEventIsTakenInStructuredMode() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let answer = try await hub.send(
                "POST", "/v1/events", as: .publish, type: Self.structured + "; charset=utf-8", body: Self.event("e-1"))
            #expect(answer.status == 202, "\(answer.text)")
            #expect(backend.ids == ["e-1"])
            #expect(backend.events["e-1"]?.data.text == #"{"a":1}"#)
        }
    }

    @Test func anEventIsTakenInBinaryModeWithItsHeadersDecoded() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let answer = try await hub.send(
                "POST", "/v1/events", as: .publish, type: "application/json", body: #"{"a":1}"#,
                headers: [
                    ("ce-specversion", "1.0"), ("ce-id", "e-2"), ("Ce-Type", "permit.issued"),
                    ("ce-subject", "permit/Stra%C3%9Fe"), ("ce-note", "x"),
                ])
            #expect(answer.status == 202, "\(answer.text)")
            #expect(backend.events["e-2"]?.subject.text == "permit/Straße")
            #expect(backend.events["e-2"]?.extensions == ["note": "x"])
        }
    }

    @Test func aBatchIsTakenAsAWhole() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let answer = try await hub.send(
                "POST", "/v1/events", as: .publish, type: Self.batch,
                body: "[" + (1...3).map { Self.event("e-\($0)") }.joined(separator: ",") + "]")
            #expect(answer.status == 202)
            #expect(
                (answer.object?["events"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == [
                    "e-1", "e-2", "e-3",
                ])
        }
    }

    @Test func ofABatchWithABadEventNothingIsTakenAndEachBadOneIsNamed() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let answer = try await hub.send(
                "POST", "/v1/events", as: .publish, type: Self.batch,
                body: "[\(Self.event("e-1")),{},\(Self.event("e-2")),\(Self.event("e-3", #","operation":"explode""#))]")
            #expect(answer.status == 400)
            let errors = answer.object?["errors"] as? [[String: Any]] ?? []
            #expect(errors.compactMap { $0["index"] as? Int } == [1, 3])
            #expect((errors.last?["detail"] as? String)?.contains("operation") == true)
            #expect(backend.ids.isEmpty)
        }
    }

    @Test func whatSaysNothingOfItselfIsNoEvent() async throws {
        try await withHub(ModelBackend()) { hub in
            let answer = try await hub.send("POST", "/v1/events", as: .publish, type: "text/plain", body: "hello")
            #expect(answer.status == 415)
            #expect(answer.header("content-type") == "application/problem+json")
        }
    }

    @Test func whatIsTooLargeIsRefusedBeforeItIsRead() async throws {
        let backend = ModelBackend()
        try await withHub(backend, limits: RequestLimits(size: 1_000)) { hub in
            let answer = try await hub.send(
                "POST", "/v1/events", as: .publish, type: Self.structured,
                body: Self.event("e-1", #","padding":"\#(String(repeating: "x", count: 2_000))""#))
            #expect(answer.status == 413)
            #expect(backend.ids.isEmpty)
        }
    }
}
