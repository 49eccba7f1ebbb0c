import Foundation
import Lockstep
import LockstepTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import LockstepService

@Suite("A changing set of offices at work", .timeLimit(.minutes(3)))
struct OfficeSupervisorTests {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A supervisor at work beside what publishes, and the end of the stream that changes its set.
    private static func withSupervisor(
        of first: [Subscription],
        _ body:
            @escaping @Sendable (
                OfficeSupervisor, AsyncStream<[Subscription]>.Continuation, EventPublisher
            ) async throws -> Void
    ) async throws {
        try await SharedBroker.withVirtualHost("supervisor") { host in
            try await withTemporaryDirectory { directory in
                let configuration = try EngineConfiguration.configuration(
                    .url(host.amqpURL), origin: "core", state: directory.path)
                let client = configuration.client(named: "test", logger: quiet)
                let (changes, change) = AsyncStream.makeStream(of: [Subscription].self)
                let supervisor = OfficeSupervisor(
                    first, changes: changes, retry: .milliseconds(200), logger: quiet
                ) { subscription in
                    OfficeService(
                        subscription: subscription, configuration: configuration, client: client,
                        failing: .endsProcess, logger: quiet, adapter: try subscription.adapter())
                }
                try await ServiceRunner.run(beside: [client, supervisor], logger: quiet) {
                    try await body(supervisor, change, try configuration.publisher(over: client, logger: quiet))
                }
            }
        }
    }

    private static func subscription(_ name: String, _ url: String, to pattern: String = "#") throws -> Subscription {
        var callback = Callback(url: url)
        callback.allowsPrivateAddresses = true
        return Subscription(office: try OfficeName(name), events: [try TopicPattern(pattern)], callback: callback)
    }

    private static func publish(_ number: Int, over publisher: EventPublisher) async throws {
        let draft = EventDraft(try EventType("permit.issued"), about: try Subject("permit/\(number)"), ["n": 1])
        _ = try await publisher.publish([draft])
    }

    /// What each office's webhook was told, as the last word of its path and the record's number.
    private static func told(_ server: ScriptedHTTPServer) -> [String] {
        server.requests.compactMap { request in
            guard let draft = try? EventCodec.draft(fromJSON: request.body) else { return nil }
            return "\(request.path.dropFirst()) \(draft.subject.text.dropFirst(7))"
        }
    }

    @Test("callbacks are posted to while their offices are in the set, and their queues keep what comes meanwhile")
    func changes() async throws {
        try await withScriptedHTTPServer { _ in
            .status(204)
        } body: { server in
            let base = "http://127.0.0.1:\(server.port)"
            let (a, b) = (try Self.subscription("a", "\(base)/a"), try Self.subscription("b", "\(base)/b"))
            let bAnew = try Self.subscription("b", "\(base)/anew")
            try await Self.withSupervisor(of: [a]) { supervisor, change, publisher in
                try await eventually("a is at work") { supervisor.states == [a.office: .atWork] }
                try await Self.publish(1, over: publisher)
                try await eventually("a is told") { Self.told(server) == ["a 1"] }
                change.yield([a, b])
                try await eventually("b is at work") { supervisor.states[b.office] == .atWork }
                change.yield([b])
                try await eventually("a has stopped") { supervisor.states == [b.office: .atWork] }
                try await Self.publish(2, over: publisher)
                try await eventually("b is told") { Self.told(server) == ["a 1", "b 2"] }
                change.yield([a, bAnew])
                try await eventually("a has what came meanwhile") { Self.told(server) == ["a 1", "b 2", "a 2"] }
                try await eventually("both are at work") {
                    supervisor.states == [a.office: .atWork, b.office: .atWork]
                }
                try await Self.publish(3, over: publisher)
                try await eventually("b is told at its new address") {
                    Set(Self.told(server).dropFirst(3)) == ["a 3", "anew 3"]
                }
                #expect(server.requests.count == 5)
            }
        }
    }

    @Test("an office that cannot work says why, is tried again, and holds up no other")
    func failing() async throws {
        try await withScriptedHTTPServer { _ in
            .status(204)
        } body: { server in
            let good = try Self.subscription("good", server.url)
            // Whoever makes its service finds that it cannot be asked.
            var bad = try Self.subscription("bad", "http://127.0.0.1:\(server.port)/bad")
            bad.callback?.allowsPrivateAddresses = false
            let (broken, name) = (bad, bad.office)
            try await Self.withSupervisor(of: [bad, good]) { supervisor, change, publisher in
                try await eventually("the good one is at work") { supervisor.states[good.office] == .atWork }
                try await eventually("the bad one says why") {
                    if case .failing(let reason) = supervisor.states[name] {
                        reason.contains("not public")
                    } else {
                        false
                    }
                }
                try await Self.publish(1, over: publisher)
                try await eventually("the good one is told") { server.requests.count == 1 }
                var mended = broken
                mended.callback?.allowsPrivateAddresses = true
                change.yield([mended, good])
                try await eventually("the bad one works") { supervisor.states[name] == .atWork }
            }
        }
    }

    @Test("what is in hand is finished before an office stops")
    func finishes() async throws {
        let isAsked = Mutex(false)
        let mayAnswer = Mutex(false)
        try await withScriptedHTTPServer { request in
            isAsked.withLock { $0 = true }
            return mayAnswer.withLock { $0 } ? .status(204) : .byteByByte(milliseconds: 40)
        } body: { server in
            let a = try Self.subscription("a", "\(server.url)")
            try await Self.withSupervisor(of: [a]) { supervisor, change, publisher in
                try await eventually("a is at work") { supervisor.states == [a.office: .atWork] }
                try await Self.publish(1, over: publisher)
                try await eventually("its webhook is asked") { isAsked.withLock { $0 } }
                change.yield([])
                try await eventually("a has stopped") { supervisor.states.isEmpty }
                mayAnswer.withLock { $0 = true }
                change.yield([a])
                try await eventually("a is at work") { supervisor.states == [a.office: .atWork] }
                try await Self.publish(2, over: publisher)
                try await eventually("a is told of the next one") { Self.told(server).contains("callback 2") }
                #expect(Self.told(server) == ["callback 1", "callback 2"], "the first one was settled")
            }
        }
    }
}
