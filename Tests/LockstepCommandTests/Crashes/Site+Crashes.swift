import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

extension Site {
    /// Runs the command until it kills itself at a point of its way.
    func runKilled(at point: CrashPoint, pass: Int = 1, _ arguments: [String]) async throws {
        let ended = try await ChildCommand(
            Self.products.appending(path: "lockstep"), arguments,
            environment: environment.merging(["LOCKSTEP_CRASH": "\(point):\(pass)"]) { $1 }
        ).ended()
        try #require(ended.status == SIGKILL, "\(point): \(ended.error)\(ended.output)")
    }

    /// Runs the command that an earlier one has left work for, to its end.
    func finish(_ arguments: [String], after point: CrashPoint) async throws {
        let ended = try await run(arguments)
        #expect(ended.status == 0, "after \(point): \(ended.error)")
    }

    /// How many messages lie ready in a queue; nil: it is not there.
    func depth(_ queue: String) async throws -> Int? {
        try await withClient(of: host.amqpURL) { try await $0.inspect(queue: queue)?.messages }
    }

    /// What the office has made of the events so far: how many have changed something.
    func changes(in office: String) async throws -> Int {
        let reader = try OfficeReader(path: directory.appending(path: "state/\(office).sqlite").path)
        return try await reader.statistics().outcomes.filter(\.key.changedSomething).values.reduce(0, +)
    }
}

/// Events as an office's dead letters are, `event-1` about `permit/1` and so on.
enum SampleLetters {
    static func publish(_ numbers: ClosedRange<Int>, at site: Site, to exchange: String, key: String) async throws {
        try await withClient(of: site.host.amqpURL) { client in
            for number in numbers {
                let headers: FieldTable = [
                    "cloudEvents_specversion": "1.0", "cloudEvents_source": "core",
                    "cloudEvents_type": "permit.issued", "cloudEvents_subject": .string("permit/\(number)"),
                    "cloudEvents_time": "2026-01-01T00:00:00Z", "lockstep-attempt": 3,
                    "lockstep-error-class": "adapter", "lockstep-error": "it was down",
                    "lockstep-died-at": "2026-01-01T00:00:01Z",
                ]
                let letter = Message(
                    body: Array(#"{"n":\#(number)}"#.utf8),
                    properties: MessageProperties(headers: headers, messageID: "event-\(number)"))
                let outcome = try await client.publish(letter, to: exchange, routingKey: key)
                #expect(outcome == .confirmed)
            }
        }
    }
}
