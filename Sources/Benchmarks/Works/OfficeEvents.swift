import ArgumentParser
import Glibc
import Lockstep
import LockstepRabbitMQ
import RabbitMQ

/// The events of the office job: changes of some fields of 5,000 permits, in a random order that is always the same.
enum OfficeEvents {
    static let office = "benchmark"
    private static let statuses = ["Received", "Under review", "Approved", "Issued", "Closed"]

    static func subscription() throws -> Subscription {
        Subscription(
            office: try OfficeName(office), events: [try TopicPattern("#")],
            delivery: try .batch(events: 200, within: .milliseconds(50)))
    }

    /// Event number `number` of all; `id` names it.
    static func event(_ number: Int, id: String) throws -> Event {
        let permit = scattered(number) % 5_000
        let origin = try Origin("core")
        return Event(
            id: try EventID(id), source: origin, type: try EventType("permit.changed"),
            subject: try Subject("permit/24-\(permit)"),
            time: Timestamp(microseconds: 1_720_000_000_000_000 + Int64(number) * 1_000),
            scope: try Scope("ward-\(permit % 8)"),
            version: Version(reading: ClockReading(0x0190_c5a2_b3c4_0000 + UInt64(number)), origin: origin),
            data: try JSONObject(
                parsing: """
                    {"status": "\(statuses[number % 5])", "fee": \(number % 997).50, "inspector": "I. Nspector \(number % 31)",
                     "visit": "2026-0\(1 + number % 9)-1\(number % 10)T09:30:00Z", "open": \(number % 2 == 0),
                     "note": "Footings were inspected and found to be as drawn; the next visit is number \(number)."}
                    """))
    }

    /// A number that looks random and is always the same: the finalizer of SplitMix64.
    static func scattered(_ number: Int) -> UInt64 {
        var bits = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    static func topology() throws -> Topology {
        var topology = OfficeTopology.shared
        topology.add(OfficeTopology.office(try subscription()))
        return topology
    }
}

/// Makes the office's queue, and empties it.
struct PrepareOffice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes the office's empty queue; prints its name.")
    @OptionGroup var options: WorkOptions

    func run() async throws {
        try await withClient(options) { client in
            let queue = BrokerName.queue(of: try OfficeName(OfficeEvents.office))
            try await client.declare(try OfficeEvents.topology())
            try await client.purge(queue: queue)
            print(queue)
        }
    }
}

/// Publishes the office's events, all of them.
struct FillOffice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Fills the office's queue.")
    @OptionGroup var options: WorkOptions

    func run() async throws {
        try await withClient(options) { client in
            let transport = RabbitMQTransport(client, logger: .benchmark)
            for start in stride(from: 0, to: options.count, by: 5_000) {
                let events = try (start..<min(start + 5_000, options.count)).map {
                    try OfficeEvents.event($0, id: "event-\($0)")
                }
                guard try await transport.publish(events).allSatisfy({ $0 == .confirmed }) else {
                    throw Spoiled(description: "not all was confirmed")
                }
            }
        }
    }
}

/// Publishes the office's events one by one at a rate; each bears the time in its id.
struct Pace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes the office's events at a steady rate.")
    @OptionGroup var options: WorkOptions
    @Option(help: "Events a second.") var rate = 500

    func run() async throws {
        try await withClient(options) { client in
            let transport = RabbitMQTransport(client, logger: .benchmark)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { calls in
                for number in 0..<options.count {
                    try await Task.sleep(until: start + .seconds(1) * number / rate)
                    calls.addTask {
                        let event = try OfficeEvents.event(number, id: "\(number)-\(Self.now)")
                        guard try await transport.publish([event]) == [.confirmed] else {
                            throw Spoiled(description: "not confirmed")
                        }
                    }
                }
                try await calls.waitForAll()
            }
        }
    }

    /// The monotonic clock in nanoseconds, 20 digits: the same for all processes of the machine.
    static var now: String {
        let digits = String(monotonic)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
