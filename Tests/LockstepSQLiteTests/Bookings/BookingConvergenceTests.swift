import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// Offices that took in the same events have the same bookings standing, for the same reasons, whatever the order.
struct BookingConvergenceTests {
    /// `LOCKSTEP_SEEDS` runs more.
    private static let histories = 60

    @Test(.timeLimit(.minutes(2)))
    func allOfficesGiveTheSameVerdicts() async throws {
        try await forEachSeed(Self.histories) { _, generator in
            let events = try BookingHistory(using: &generator).events
            try await withTemporaryDirectory { [generator] directory in
                var generator = generator
                let expected = try Self.expected(events)
                // Each is a file of its own, and each batch waits for the disk: mostly two tell all.
                let offices = generator.chance(0.15) ? Int.random(in: 3...8, using: &generator) : 2
                for office in 0..<offices {
                    let replica = try BookingSample.replica(directory, "ward-\(office)")
                    var arrivals = events + events.filter { _ in generator.chance(0.2) }
                    arrivals.shuffle(using: &generator)
                    while !arrivals.isEmpty {
                        let batch = arrivals.prefix(Int.random(in: 1...16, using: &generator))
                        arrivals.removeFirst(batch.count)
                        _ = try await replica.merge(batch.map { Arrival($0) })
                    }
                    try replica.close()
                    try await Self.compare(try BookingSample.reader(directory, "ward-\(office)"), with: expected)
                }
            }
        }
    }

    /// The records from scratch, and the rule on all of their claims at once.
    private static func expected(_ events: [Event]) throws -> [Subject: StoredVerdict] {
        var records: [Subject: Record] = [:]
        for event in events { records[event.subject, default: Record(subject: event.subject)].merge(event.change) }
        let mapping = try BookingSample.mapping()
        var bookings: [Booking] = []
        var expected: [Subject: StoredVerdict] = [:]
        for (subject, record) in records {
            switch mapping.claim(of: record, shown: record.shown(by: .newest), by: .newest) {
            case .nothing: break
            case .booking(let booking): bookings.append(booking)
            case .unusable(_, _, let reason): expected[subject] = StoredVerdict(refused: true, reason: reason)
            }
        }
        for (subject, verdict) in BookingRule.judge(bookings) {
            guard case .refused(let winner) = verdict else {
                expected[subject] = StoredVerdict(refused: false)
                continue
            }
            expected[subject] = StoredVerdict(refused: true, winner: winner.subject, reason: verdict.reason)
        }
        return expected
    }

    private static func compare(_ reader: OfficeReader, with expected: [Subject: StoredVerdict]) async throws {
        let statistics = try await reader.statistics()
        try #require(statistics.bookings == expected.count)
        try #require(statistics.refusedBookings == expected.values.count(where: \.refused))
        for (subject, verdict) in expected {
            let stored = try #require(try await reader.booking(subject))
            let found = StoredVerdict(refused: stored.isRefused, winner: stored.winner, reason: stored.reason)
            try #require(found == verdict, "\(subject)")
        }
        for entry in try await reader.calendar() {
            let verdict = expected[entry.subject]
            try #require(entry.refused == verdict?.reason && entry.refusedBy == verdict?.winner, "\(entry.subject)")
        }
    }

    private struct StoredVerdict: Equatable {
        var refused: Bool
        var winner: Subject?
        var reason: String?
    }
}

/// A made-up past of some bookings: several origins, whose clocks disagree by minutes, make, move, cancel and delete them.
struct BookingHistory {
    private(set) var events: [Event] = []

    init(using generator: inout SeededGenerator) throws {
        let origins = (0..<Int.random(in: 2...8, using: &generator)).map { index in
            (name: "ward-\(index)", skew: Int64.random(in: -120_000...120_000, using: &generator))
        }
        var clocks = [HybridClock](repeating: HybridClock(), count: origins.count)
        var now = Sample.milliseconds
        var made: [String: Record] = [:]
        for _ in 0..<Int.random(in: 4...30, using: &generator) {
            now += .random(in: 0...60_000, using: &generator)
            let index = Int.random(in: origins.indices, using: &generator)
            let name = "\(Int.random(in: 1...8, using: &generator))"
            let record = try made[name] ?? Record(subject: try Subject("booking/\(name)"))
            // Mostly they have seen what they change.
            let knows = generator.chance(0.7)
            if knows, let version = record.version { clocks[index].observe(version.reading) }
            let reading = clocks[index].take(
                at: Timestamp(microseconds: (now + origins[index].skew) * 1000))
            let operation: EventOperation = generator.chance(0.1) ? .delete : .merge
            let event = try BookingSample.event(
                reading.bits, name, operation == .delete ? [:] : Self.change(of: record, using: &generator),
                by: origins[index].name, operation: operation,
                seen: knows ? .everywhere(record.seen) : .nothing)
            made[name, default: record].merge(event.change)
            events.append(event)
        }
    }

    private static func change(of record: Record, using generator: inout SeededGenerator) -> JSONObject {
        let start = Int.random(in: 6...16, using: &generator)
        let times = BookingSample.times(start..<(start + .random(in: 1...4, using: &generator)))
        let inspector: JSONText = generator.chance(0.75) ? "Lee" : "Kim"
        guard record.version != nil else {
            return JSONObject((times.fields.map { ($0.name, $0.value) }) + [("inspector", inspector)])
        }
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: return ["status": "Cancelled"]
        case 1: return ["status": "Planned"]
        case 2: return ["note": JSONText(integerLiteral: start)]
        case 3: return ["inspector": inspector]
        // One of the two: that may turn the span around.
        case 4: return JSONObject(times.fields.prefix(1).map { ($0.name, $0.value) })
        case 5: return ["from": "2024-04-01", "to": .null, "inspector": inspector]
        default: return JSONObject((times.fields.map { ($0.name, $0.value) }) + [("inspector", inspector)])
        }
    }
}

extension Record {
    /// All that has gone into it.
    fileprivate var seen: VersionVector {
        var vector = existence.context
        for field in fields { vector.join(field.register.context) }
        return vector
    }
}
