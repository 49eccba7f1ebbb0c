import Foundation
import Lockstep
import LockstepTesting
import Logging
import Synchronization
import Testing

@testable import LockstepHTTP

@Suite("A webhook that must be asked first", .timeLimit(.minutes(1)))
struct WebhookPermissionTests {
    private static func context() throws -> AdapterContext {
        AdapterContext(
            office: try OfficeName("ward-3"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func change(_ number: Int) throws -> Change {
        Change(
            subject: try Subject("permit/\(number)"), version: try Version("0190c5a2b3c40000-core"), data: ["a": 1],
            types: ["permit.issued"])
    }

    private static func options() -> WebhookOptions {
        var options = WebhookOptions()
        options.allowPrivateAddresses = true
        options.asksPermission = true
        options.sender = "lockstep.example.org"
        options.concurrency = 1
        options.requestRate = 600
        return options
    }

    private static let grants: [(status: Int, origin: String?, rate: String?, permission: WebhookPermission)] = [
        (200, "lockstep.example.org", "120", .granted(rate: 120)),
        (204, "LOCKSTEP.example.org", "*", .granted(rate: nil)), (200, "*", nil, .granted(rate: nil)),
        (200, "*", "0", .granted(rate: nil)), (200, "*", "-5", .granted(rate: nil)),
    ]

    @Test("what an answer means", arguments: grants)
    func granted(_ status: Int, _ origin: String?, _ rate: String?, _ permission: WebhookPermission) {
        #expect(
            WebhookPermission(status: status, sender: "lockstep.example.org", origin: origin, rate: rate) == permission)
    }

    private static let refusals: [(status: Int, origin: String?)] = [
        (200, nil), (200, "evil.example.org"), (200, "example.org"), (405, "*"), (404, nil), (302, "*"), (410, nil),
        (501, nil), (401, "*"),
    ]

    @Test("whoever does not say yes says no", arguments: refusals)
    func refused(_ status: Int, _ origin: String?) {
        let permission = WebhookPermission(status: status, sender: "lockstep.example.org", origin: origin, rate: nil)
        guard case .refused(let reason) = permission else {
            Issue.record("\(permission)")
            return
        }
        #expect(reason.contains("lockstep.example.org"))
    }

    @Test("whoever cannot answer now is asked again", arguments: [408, 409, 425, 429, 500, 502, 503])
    func unknown(_ status: Int) {
        let permission = WebhookPermission(status: status, sender: "a.org", origin: "*", rate: nil)
        guard case .unknown = permission else {
            Issue.record("\(permission)")
            return
        }
    }

    @Test("is asked before the first change, not before each, and again after a day")
    func asked() async throws {
        let now = Mutex(Timestamp(microseconds: 0))
        try await withScriptedHTTPServer { request in
            guard request.method == "OPTIONS" else { return .status(204) }
            return .status(200, headers: ["WebHook-Allowed-Origin": "lockstep.example.org", "Allow": "POST"])
        } body: { server in
            let adapter = try WebhookAdapter(
                url: server.url, options: Self.options(), clock: WallClock { now.withLock { $0 } })
            try await adapter.prepare(in: try Self.context())
            #expect(server.requests.map(\.method) == ["OPTIONS"])
            #expect(server.requests[0].headers["webhook-request-origin"] == "lockstep.example.org")
            #expect(server.requests[0].headers["webhook-request-rate"] == "600")
            for number in 1...2 {
                #expect(try await adapter.apply([try Self.change(number)], in: try Self.context()) == [.applied])
            }
            #expect(server.requests.map(\.method) == ["OPTIONS", "POST", "POST"])
            now.withLock { $0 = Timestamp(microseconds: 86_400_000_000) }
            #expect(try await adapter.apply([try Self.change(3)], in: try Self.context()) == [.applied])
            #expect(server.requests.map(\.method) == ["OPTIONS", "POST", "POST", "OPTIONS", "POST"])
        }
    }

    @Test("that refuses is posted nothing, says so before the office begins, and is asked again after ten minutes")
    func refusal() async throws {
        let now = Mutex(Timestamp(microseconds: 0))
        let isWilling = Mutex(false)
        try await withScriptedHTTPServer { request in
            if request.method != "OPTIONS" { return .status(204) }
            return isWilling.withLock { $0 } ? .status(200, headers: ["WebHook-Allowed-Origin": "*"]) : .status(405)
        } body: { server in
            let adapter = try WebhookAdapter(
                url: server.url, options: Self.options(), clock: WallClock { now.withLock { $0 } })
            let error = await #expect(throws: LockstepError.self) { try await adapter.prepare(in: try Self.context()) }
            #expect(error?.message.contains("does not allow 'lockstep.example.org' to post") == true)
            #expect(error?.message.contains(server.url) == false)
            #expect(try await adapter.apply([try Self.change(1)], in: try Self.context()).allSatisfy(\.mayPass))
            #expect(server.requests.map(\.method) == ["OPTIONS"])
            isWilling.withLock { $0 = true }
            now.withLock { $0 = Timestamp(microseconds: 600_000_000) }
            try await adapter.prepare(in: try Self.context())
            #expect(try await adapter.apply([try Self.change(1)], in: try Self.context()) == [.applied])
            #expect(server.requests.map(\.method) == ["OPTIONS", "OPTIONS", "POST"])
        }
    }

    @Test("that cannot be reached keeps nobody from beginning, and is posted nothing before it has answered")
    func unreachable() async throws {
        try await withScriptedHTTPServer { request in
            request.number == 1 ? .reset : request.number == 2 ? .status(503) : .status(200)
        } body: { server in
            let adapter = try WebhookAdapter(url: server.url, options: Self.options())
            try await adapter.prepare(in: try Self.context())
            #expect(try await adapter.apply([try Self.change(1)], in: try Self.context()).map(\.mayPass) == [true])
            #expect(server.requests.map(\.method) == ["OPTIONS", "OPTIONS"])
        }
    }

    @Test("is posted no more in a minute than it allows; what would wait for long comes again later")
    func rate() {
        var rate = PostingRate(perMinute: 60)
        #expect(rate.decide(at: .seconds(10)) == .send(after: .zero))
        #expect(rate.decide(at: .seconds(10)) == .send(after: .seconds(1)))
        #expect(rate.decide(at: .seconds(10)) == .send(after: .seconds(2)))
        #expect(rate.decide(at: .seconds(10)) == .later(after: .seconds(3)))
        #expect(rate.decide(at: .seconds(12)) == .send(after: .seconds(1)))
        #expect(rate.decide(at: .seconds(60)) == .send(after: .zero))
    }

    @Test("and that holds for what is posted")
    func ratedPosts() async throws {
        try await withScriptedHTTPServer { request in
            if request.method != "OPTIONS" { return .status(204) }
            return .status(200, headers: ["WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "10"])
        } body: { server in
            let adapter = try WebhookAdapter(url: server.url, options: Self.options())
            let outcomes = try await adapter.apply(try (1...3).map { try Self.change($0) }, in: try Self.context())
            #expect(outcomes[0] == .applied)
            #expect(outcomes.dropFirst().allSatisfy { $0.isBusy })
            #expect(server.requests.map(\.method) == ["OPTIONS", "POST"])
        }
    }
}
