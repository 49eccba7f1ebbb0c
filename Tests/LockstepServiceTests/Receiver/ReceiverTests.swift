import Foundation
import FoundationNetworking
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import LockstepHTTP
@testable import LockstepService

@Suite("An office that receives over HTTP", .timeLimit(.minutes(3)), .serialized)
struct ReceiverTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    /// Runs a receiver of the office `ward-3` in a directory of its own.
    private static func withReceiver(
        _ directory: URL, tolerance: Duration = .seconds(300), _ body: @escaping @Sendable (URL) async throws -> Void
    ) async throws {
        let mapping = CalendarMapping(
            match: try TopicPattern("permit.*"), title: try Template("{what}"), starts: try Template("{date}"))
        let subscription = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("#")], calendar: [mapping])
        var receive = ReceiveConfiguration()
        receive.listen.port = 0
        receive.tolerance = tolerance
        receive.secrets = [try WebhookSecret(other), try WebhookSecret(secret)]
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = ReceiverService(
            subscription: subscription, receive: receive, configuration: Configuration(state: directory),
            logger: SyncEngineTests.quiet, listens: { port.yield($0) })
        try await ServiceRunner.run(beside: [service], logger: SyncEngineTests.quiet) {
            for await port in ports {
                guard let url = URL(string: "http://127.0.0.1:\(port)/sync_callback") else { return }
                return try await body(url)
            }
        }
    }

    private static func file(_ directory: URL) -> String { directory.appending(path: "ward-3.sqlite").path }

    /// What a replica shows: each record with its version.
    private static func records(_ file: String) async throws -> [StoredRecord] {
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        return try await OfficeReader(path: file).records.reduce(into: []) { $0.append($1) }
    }

    private static func event(
        _ step: Int, _ data: JSONObject, about subject: String = "permit/1", origin: String = "core"
    ) throws -> Event {
        let origin = try Origin(origin)
        return Event(
            id: try EventID("event-\(origin)-\(step)"), source: origin, type: try EventType("permit.issued"),
            subject: try Subject(subject), time: Timestamp(microseconds: 1_720_019_200_000_000),
            version: Version(reading: ClockReading(UInt64(1_720_019_200_000) << 16 + UInt64(step)), origin: origin),
            data: data)
    }

    /// Posts an event as a sender in `events` mode does, and returns status and text of the answer.
    private static func post(
        _ event: Event, to url: URL, secret: String = secret, age: Int64 = 0
    ) async throws -> (Int, String) {
        let body = Array(EventCodec.json(event).utf8)
        let seconds = WallClock.system.now.milliseconds / 1000 - age
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue("application/cloudevents+json", forHTTPHeaderField: "Content-Type")
        request.setValue(event.id.text, forHTTPHeaderField: "webhook-id")
        request.setValue("\(seconds)", forHTTPHeaderField: "webhook-timestamp")
        let signature = try WebhookSecret(secret).signature(id: event.id.text, timestamp: seconds, body: body)
        request.setValue(signature, forHTTPHeaderField: "webhook-signature")
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    @Test("what a worker posts through the broker makes the receiver's replica equal to the sender's")
    func throughTheBroker() async throws {
        try await SharedBroker.withVirtualHost("receive") { host in
            try await withTemporaryDirectory { near in
                try await withTemporaryDirectory { far in
                    try await Self.withReceiver(far) { url in
                        let engine = try SyncEngine(
                            url: host.amqpURL, origin: "core", state: near.path, logger: SyncEngineTests.quiet)
                        var options = WebhookOptions(secret: try WebhookSecret(Self.secret))
                        options.allowPrivateAddresses = true
                        try await engine.subscribe(
                            "ward-3", to: ["permit.#"], callbackURL: url.absoluteString, options: options)
                        try await ServiceRunner.run(beside: [engine], logger: SyncEngineTests.quiet) {
                            for round in 1...3 {
                                for number in 1...20 {
                                    try await engine.publish(
                                        "permit.issued", about: "permit/\(number)",
                                        ["what": JSONText(string: "Deck \(round)"), "date": "2024-11-04"])
                                }
                            }
                            try await engine.publish("permit.noted", about: "permit/7", ["note": "ä"])
                            try await eventually("the replicas are equal") {
                                let theirs = try await Self.records(Self.file(near))
                                let ours = try await Self.records(Self.file(far))
                                return ours.count == 20 && ours == theirs
                                    && ours.allSatisfy { $0.data?.contains("Deck 3") == true }
                                    && ours.contains { $0.data?.contains("ä") == true }
                            }
                        }
                    }
                    let statistics = try await OfficeReader(path: Self.file(far)).statistics()
                    #expect(statistics.calendarEntries == 20)
                }
            }
        }
    }

    @Test("events of several origins merge as they do in a worker, in any order and however often they come")
    func events() async throws {
        let events = [
            try Self.event(1, ["what": "Deck", "date": "2024-11-04"]), try Self.event(3, ["what": "Shed"]),
            try Self.event(2, ["inspector": "Ada"], origin: "ward-3"),
            try Self.event(4, ["what": "Barn"], about: "permit/2"),
        ]
        try await withTemporaryDirectory { directory in
            let worker = try SQLiteReplica(
                path: directory.appending(path: "worker.sqlite").path, office: try OfficeName("ward-3"), calendar: [],
                logger: SyncEngineTests.quiet)
            _ = try await worker.merge(events.map { Arrival($0) })
            let expected = try await Self.records(directory.appending(path: "worker.sqlite").path)
            try await Self.withReceiver(directory) { url in
                var answers: [Int] = []
                for index in [3, 1, 0, 2, 0, 1, 2, 3] { answers.append(try await Self.post(events[index], to: url).0) }
                #expect(answers.allSatisfy { [200, 422].contains($0) }, "\(answers)")
                #expect(try await Self.records(Self.file(directory)) == expected)
                let again = try await Self.post(events[0], to: url)
                #expect(again.0 == 200 && ["superseded\n", "duplicate\n"].contains(again.1), "\(again)")
            }
        }
    }

    @Test("what is not signed by a sender, or is old, is refused, and leaves nothing behind")
    func refused() async throws {
        try await withTemporaryDirectory { directory in
            try await Self.withReceiver(directory) { url in
                let event = try Self.event(1, ["what": "Deck", "date": "2024-11-04"])
                let stranger = "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy"
                #expect(try await Self.post(event, to: url, secret: stranger).0 == 401)
                #expect(try await Self.post(event, to: url, age: 301).0 == 401)
                #expect(try await Self.post(event, to: url, age: -302).0 == 401)
                #expect(try await Self.records(Self.file(directory)).isEmpty)
                #expect(try await Self.post(event, to: url, secret: Self.other).0 == 200)
                #expect(try await Self.post(event, to: url, age: 200).0 == 200, "a replay changes nothing")
                #expect(try await Self.records(Self.file(directory)).count == 1)
            }
        }
    }

    @Test("of many that come at once each has its own answer")
    func atOnce() async throws {
        try await withTemporaryDirectory { directory in
            try await Self.withReceiver(directory) { url in
                try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                    for number in 1...60 {
                        let date: JSONText = number % 10 == 0 ? "soon" : "2024-11-04"
                        let event = try Self.event(
                            number, ["what": "Deck", "date": date], about: "permit/\(number)")
                        group.addTask { (number, try await Self.post(event, to: url).0) }
                    }
                    for try await (number, status) in group {
                        #expect(status == (number % 10 == 0 ? 422 : 200), "\(number)")
                    }
                }
                #expect(try await Self.records(Self.file(directory)).count == 60)
            }
        }
    }

    @Test("a record that the calendar cannot show is taken in, and its sender is told")
    func unshowable() async throws {
        try await withTemporaryDirectory { directory in
            try await Self.withReceiver(directory) { url in
                let event = try Self.event(1, ["what": "Deck", "date": "soon"])
                let (status, text) = try await Self.post(event, to: url)
                #expect(status == 422 && !text.contains("soon"))
                #expect(try await Self.records(Self.file(directory)).count == 1)
            }
        }
    }

    @Test("only posts to the path are taken, up to a size, and whoever asks may post")
    func protocols() async throws {
        @Sendable func ask(_ method: String, _ url: URL, _ headers: [String: String] = [:], body: Int = 0) async throws
            -> HTTPURLResponse?
        {
            var request = URLRequest(url: url)
            request.httpMethod = method
            for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
            if body > 0 { request.httpBody = Data(repeating: 0x20, count: body) }
            return try await URLSession.shared.data(for: request).1 as? HTTPURLResponse
        }
        try await withTemporaryDirectory { directory in
            try await Self.withReceiver(directory) { url in
                let place = url.deletingLastPathComponent()
                #expect(try await ask("GET", url)?.statusCode == 405)
                #expect(try await ask("PUT", url)?.statusCode == 405)
                #expect(try await ask("POST", place.appending(path: "other"))?.statusCode == 404)
                #expect(try await ask("GET", place.appending(path: "readyz"))?.statusCode == 200)
                #expect(try await ask("POST", url, body: 2 << 20)?.statusCode == 413)
                #expect(try await ask("POST", url, body: 10)?.statusCode == 401)
                #expect(try await ask("OPTIONS", url)?.statusCode == 400)
                let allowed = try #require(
                    try await ask(
                        "OPTIONS", url, ["WebHook-Request-Origin": "core.example", "WebHook-Request-Rate": "120"]))
                #expect(allowed.statusCode == 200)
                #expect(allowed.value(forHTTPHeaderField: "WebHook-Allowed-Origin") == "core.example")
                #expect(allowed.value(forHTTPHeaderField: "WebHook-Allowed-Rate") == "*")
            }
        }
    }
}
