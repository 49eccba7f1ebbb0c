import Lockstep
import LockstepServer
import Testing

/// Who may do what over HTTP.
@Suite("Access to the hub", .timeLimit(.minutes(1)))
struct HubAccessTests {
    private static let reason = #"{"all":true,"reason":"mended"}"#

    @Test(arguments: [
        ("GET", "/v1/offices", [AccessRole.read, .operate, .admin]),
        ("GET", "/metrics", [.read, .operate, .admin]),
        ("POST", "/v1/offices/ward-3/dead-letters/replay", [.operate, .admin]),
        ("POST", "/v1/events", [.publish]),
    ])
    func eachRoleMayDoWhatItSays(method: String, path: String, roles: [AccessRole]) async throws {
        try await withHub(ModelBackend()) { hub in
            for role in AccessRole.allCases {
                let answer = try await hub.send(
                    method, path, as: role, type: method == "POST" ? "application/json" : nil,
                    body: method == "POST" ? Self.reason : nil)
                #expect((answer.status != 403) == roles.contains(role), "\(role): \(answer.status)")
                #expect(answer.status != 401)
            }
        }
    }

    @Test func withoutATokenOrWithAWrongOneNothingIsShown() async throws {
        try await withHub(ModelBackend()) { hub in
            for headers in [[], [("Authorization", "Bearer wrong")], [("Authorization", "Basic c2VjcmV0LXJlYWQ=")]] {
                let answer = try await hub.send("GET", "/v1/offices", headers: headers, body: nil)
                #expect(answer.status == 401)
                #expect(answer.header("www-authenticate") == #"Bearer realm="lockstep""#)
                #expect(!answer.text.contains("ward"))
            }
        }
    }

    @Test func whereNoTokenIsNeededAPageOfSomebodyElsesIsRefused() async throws {
        try await withHub(ModelBackend(isOpen: true)) { hub in
            #expect(try await hub.send("GET", "/v1/offices").status == 200)
            let rebound = try await hub.send(
                "GET", "/v1/offices", headers: [("Host", "evil.example:\(hub.port)")], body: nil)
            #expect(rebound.status == 403)
        }
    }

    @Test func anOperatorIsNamedByTheTokenAndHasToSayWhy() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let path = "/v1/offices/ward-3/dead-letters/discard"
            for body in [
                #"{"all":true}"#, #"{"all":true,"reason":" "}"#, #"{"reason":"x"}"#,
                #"{"all":true,"ids":["a"],"reason":"x"}"#,
            ] {
                let answer = try await hub.send("POST", path, as: .operate, type: "application/json", body: body)
                #expect(answer.status == 400, "\(body)")
            }
            let done = try await hub.send("POST", path, as: .operate, type: "application/json", body: Self.reason)
            #expect(done.status == 200)
            #expect(backend.done == [HubDeed(person: "operate", reason: "mended")])
        }
    }

    @Test func whatIsReplayedIsChosenAsByTheCommandAndNeverWithoutARate() async throws {
        let backend = ModelBackend()
        let all = #"""
            {"cause":"refused","type":"permit.*","about":"permit/24-*","since":"2026-01-31T00:00:00Z",
             "until":"2026-02-01T00:00:00Z","rate":7,"reason":"x"}
            """#
        let requests: [(deed: String, body: String, status: Int)] = [
            ("replay", Self.reason, 200), ("replay", all, 200),
            ("discard", #"{"cause":"refused","reason":"x"}"#, 200),
            ("replay", #"{"all":true,"cause":"refused","reason":"x"}"#, 400),
            ("replay", #"{"ids":["a"],"type":"a","reason":"x"}"#, 400),
            ("replay", #"{"since":"yesterday","reason":"x"}"#, 400),
            ("replay", #"{"all":true,"rate":0,"reason":"x"}"#, 400),
            ("replay", #"{"all":true,"rate":10001,"reason":"x"}"#, 400),
            ("replay", #"{"all":true,"rate":"fast","reason":"x"}"#, 400),
            ("replay", #"{"type":"a..b","reason":"x"}"#, 400),
            // It has no rate.
            ("discard", #"{"all":true,"rate":5,"reason":"x"}"#, 400),
        ]
        try await withHub(backend) { hub in
            for request in requests {
                let answer = try await hub.send(
                    "POST", "/v1/offices/ward-3/dead-letters/\(request.deed)", as: .operate, type: "application/json",
                    body: request.body)
                #expect(answer.status == request.status, "\(request.body)")
            }
        }
        let chosen = backend.chosen
        #expect(chosen.map(\.rate) == [50, 7, 0])
        #expect(chosen[0].0.isAll)
        #expect(
            chosen[1].0
                == DeadLetterSelection(
                    since: Timestamp(rfc3339: "2026-01-31T00:00:00Z"),
                    until: Timestamp(rfc3339: "2026-02-01T00:00:00Z"),
                    type: try TopicPattern("permit.*"), about: "permit/24-*", cause: "refused"))
    }

    @Test func whoAsksTooOftenIsToldWhenToComeAgain() async throws {
        try await withHub(ModelBackend(), limits: RequestLimits(rate: 1, burst: 3)) { hub in
            var answer = try await hub.send("GET", "/v1/offices", as: .read)
            var answered = 0
            while answer.status == 200, answered < 1_000 {
                answered += 1
                answer = try await hub.send("GET", "/v1/offices", as: .read)
            }
            // On a machine that is busy, a second may pass between two of them.
            #expect(answered >= 3)
            #expect(answer.status == 429)
            #expect(answer.header("retry-after") == "1")
            #expect(try await hub.send("GET", "/v1/offices", as: .admin).status == 200, "others have their own limit")
        }
    }
}
