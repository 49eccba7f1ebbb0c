import Foundation
import Lockstep
import LockstepTesting
import RabbitMQ
import Testing

/// The command at work for an office that is told of its changes by HTTP.
@Suite("A worker of an office with a callback", .timeLimit(.minutes(4)), .serialized)
struct CallbackTests {
    private static func office(_ server: ScriptedHTTPServer, _ more: String) -> String {
        "  ward-3: { events: [\"#\"], callback: { url: \"\(server.url)\", privateAddresses: true\(more) } }\n"
    }

    /// The events that a server was posted, in order.
    private static func posted(_ server: ScriptedHTTPServer) throws -> [Event] {
        try server.requests.filter { $0.method == "POST" }.map { request in
            try EventCodec.draft(fromJSON: request.body, strict: true).received()
        }
    }

    private static func stop(_ worker: ChildCommand) async throws {
        // Before that it may not know yet what a signal means.
        try await eventually("it is at work") { worker.errorSoFar.contains("office is at work") }
        worker.signal(SIGTERM)
        let ended = await worker.ended()
        #expect(ended.status == 0, "\(ended.error)")
    }

    @Test("posts each event, in order for each record, though it is killed", arguments: CrashPoint.ofWorkers.dropLast())
    func killed(at point: CrashPoint) async throws {
        try await withScriptedHTTPServer { _ in
            .status(204)
        } body: { server in
            try await withSite(offices: Self.office(server, ", content: events")) { site in
                var trace = Trace()
                try await trace.publish(60, about: (0..<5).map { "permit/\($0)" }, to: site.host.amqpURL)
                let killed = try site.start("worker", "ward-3", environment: ["LOCKSTEP_CRASH": "\(point.rawValue):2"])
                #expect(await killed.ended().status == SIGKILL)
                let before = try Self.posted(server).count
                let worker = try site.start("worker", "ward-3")
                let all = Set(trace.events.map(\.id))
                try await eventually("each was posted", within: .seconds(60)) {
                    Set(try Self.posted(server).map(\.id)) == all
                }
                try await Self.stop(worker)

                // The first time that each came, and each as it was published.
                var seen: Set<EventID> = []
                let first = try Self.posted(server).filter { seen.insert($0.id).inserted }
                for subject in Set(trace.events.map(\.subject)) {
                    let own = trace.events.filter { $0.subject == subject }
                    #expect(first.filter { $0.subject == subject } == own)
                }
                if [.answered, .noted].contains(point) { #expect(before > 1) }
            }
        }
    }

    @Test("takes nothing more from the queue when its receiver is gone, and goes on when somebody resumes it")
    func gone() async throws {
        try await withScriptedHTTPServer { request in
            request.number == 1 ? .status(410) : .status(204)
        } body: { server in
            try await withSite(offices: Self.office(server, "")) { site in
                var trace = Trace()
                try await trace.publish(3, about: ["permit/1", "permit/2", "permit/3"], to: site.host.amqpURL)
                let worker = try site.start("worker", "ward-3")
                try await eventually("it says so") { worker.errorSoFar.contains("is gone") }
                try await eventually("all of them are in the queue") {
                    try await withClient(of: site.host.amqpURL) { client in
                        let queue = try await client.inspect(queue: "lockstep.office.ward-3")
                        return queue?.consumers == 0 && queue?.messages == 3
                    }
                }
                try await Self.stop(worker)
                #expect(server.requests.count <= 2, "what was on its way when the answer came")
                #expect(try await site.deadLetterClasses(of: "ward-3") == [])
                let resumed = try await site.run("subscriptions", "resume", "ward-3", "--reason", "it is back")
                #expect(resumed.status == 0, "\(resumed.error)")
                let again = try site.start("worker", "ward-3")
                try await eventually("all are posted") {
                    Set(try Self.posted(server).suffix(3).map(\.subject)) == Set(trace.events.map(\.subject))
                }
                try await Self.stop(again)
            }
        }
    }

    @Test("asks first, does not work where it may not, and begins once it may")
    func handshake() async throws {
        try await withScriptedHTTPServer { request in
            guard request.method == "OPTIONS" else { return .status(204) }
            return request.number == 1
                ? .status(403) : .status(200, headers: ["WebHook-Allowed-Origin": "lockstep.example.org"])
        } body: { server in
            try await withSite(offices: Self.office(server, ", handshake: lockstep.example.org")) { site in
                var trace = Trace()
                try await trace.publish(1, about: ["permit/1"], to: site.host.amqpURL)
                let refused = await (try site.start("worker", "ward-3")).ended()
                #expect(refused.status != 0)
                #expect(refused.error.contains("does not allow 'lockstep.example.org' to post"), "\(refused.error)")
                let worker = try site.start("worker", "ward-3")
                try await eventually("it is posted") {
                    server.requests.map(\.method) == ["OPTIONS", "OPTIONS", "POST"]
                }
                try await Self.stop(worker)
            }
        }
    }
}
