import Foundation
import Lockstep
import LockstepServer
import LockstepTesting
import Synchronization
import Testing

/// What the hub shows of itself, and how it ends.
@Suite("The hub's own state", .timeLimit(.minutes(1)))
struct HubStatusTests {
    @Test func readinessNamesEachPartThatIsMissing() async throws {
        let missing = [
            ReadinessPart("outbox", notReadyBecause: "the disk is full"), ReadinessPart("tokens"),
            ReadinessPart("publishing connection", notReadyBecause: "reconnecting"),
        ]
        try await withHub(ModelBackend(missing: missing)) { hub in
            let answer = try await hub.send("GET", "/readyz")
            #expect(answer.status == 503)
            #expect(answer.text == "outbox: the disk is full\npublishing connection: reconnecting\n")
            let alive = try await hub.send("GET", "/healthz")
            #expect(alive.status == 200)
        }
        try await withHub(ModelBackend()) { hub in
            let ready = try await hub.send("GET", "/readyz")
            #expect(ready.status == 200)
        }
    }

    @Test func anUnknownPathAndAnUnknownMethodAreProblemsToo() async throws {
        try await withHub(ModelBackend()) { hub in
            let unknown = try await hub.send("GET", "/v2/offices", as: .read)
            #expect(unknown.status == 404)
            #expect(unknown.header("content-type") == "application/problem+json")
            let method = try await hub.send("PUT", "/v1/offices", as: .read)
            #expect(method.status == 405)
            #expect(method.header("allow") == "GET")
        }
    }

    @Test(arguments: ["%", "%2", "%FF", "a%00b"])
    func aNameThatIsNotEncodedRightIsABadRequest(name: String) async throws {
        try await withHub(ModelBackend()) { hub in
            let answer = try await RawRequest.answer(
                to: """
                    GET /v1/records/\(name) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret-read\r\n\
                    Connection: close\r\n\r\n
                    """, port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        }
    }

    @Test func aListIsReadInParts() async throws {
        try await withHub(ModelBackend()) { hub in
            var ids: [String] = []
            var next: String?
            repeat {
                let after = next.map { "&after=\($0)" } ?? ""
                let answer = try await hub.send(
                    "GET", "/v1/offices/ward-3/dead-letters?limit=50\(after)", as: .read)
                #expect(answer.status == 200, "\(answer.text)")
                ids += (answer.object?["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                next = answer.object?["next"] as? String
            } while next != nil
            #expect(ids == (0..<120).map { "letter-\($0)" })
        }
    }

    @Test func whatWasAcceptedIsAnsweredBeforeTheHubEnds() async throws {
        let stages = Stages()
        let backend = ModelBackend {
            stages.reach("accepting")
            try await eventually("the hub is being stopped") { stages.has("stopping") }
        }
        try await withHub(backend) { hub in
            stages.request.withLock {
                $0 = Task {
                    try await hub.send(
                        "POST", "/v1/events", as: .publish, type: "application/cloudevents+json",
                        body: #"{"specversion":"1.0","id":"e","type":"a","subject":"b","data":{}}"#
                    ).status
                }
            }
            try await eventually("the request is being answered") { stages.has("accepting") }
            // The hub is asked to end as soon as this closure returns, and has some time to do it wrong.
            stages.reach("stopping", after: .milliseconds(300))
        }
        let status = try await stages.request.withLock { $0 }?.value
        #expect(status == 202)
    }

    @Test func aBodyThatDoesNotComeIsNotWaitedForForEver() async throws {
        try await withHub(ModelBackend(), limits: RequestLimits(patience: .seconds(1))) { hub in
            let answer = try await RawRequest.answer(
                to: """
                    POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret-publish\r\n\
                    Content-Type: application/cloudevents+json\r\nContent-Length: 100\r\n\r\n{"spec
                    """, port: hub.port)
            // The server may answer 408, or close a connection that is idle: either way it is over.
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
        }
    }
}

/// How far a request and its hub are.
private final class Stages: Sendable {
    private let reached = Mutex<Set<String>>([])
    let request = Mutex<Task<Int, any Error>?>(nil)

    func reach(_ stage: String) { reached.withLock { _ = $0.insert(stage) } }

    func reach(_ stage: String, after pause: Duration) {
        Task {
            try await Task.sleep(for: pause)
            reach(stage)
        }
    }

    func has(_ stage: String) -> Bool { reached.withLock { $0.contains(stage) } }
}
