import Lockstep
import LockstepTesting

/// A made-up past of one record: several origins that edit, replace, delete and revive it, each knowing what it has
/// heard so far.
struct RandomHistory {
    /// In the order in which they were made.
    private(set) var changes: [RecordChange] = []
    /// Between ages: all changes of an age are older than the horizon at its end, those of the next one are not.
    private(set) var horizons: [ClockReading] = []

    private static let names = ["address", "status", "ward"]
    private static let types = ["permit.issued", "permit.revised", "permit.final"]

    private struct Participant {
        let origin: Origin
        let skew: Int64
        var clock = HybridClock()
        var record: Record
        /// How far the record is compacted.
        var horizon = ClockReading(0)
    }

    /// Makes a history of 2 to 8 origins whose clocks are up to four minutes apart.
    ///
    /// - Parameters:
    ///   - longest: The most changes of an age.
    ///   - ages: How many; between them lie a hundred days, and half of the origins compact their records.
    init(longest: Int = 16, ages: Int = 1, using generator: inout SeededGenerator) throws {
        var participants: [Participant] = []
        for index in 0..<Int.random(in: 2...8, using: &generator) {
            participants.append(
                Participant(
                    origin: try Origin("origin-\(index)"),
                    skew: .random(in: -120_000_000...120_000_000, using: &generator),
                    record: Record(subject: try Subject("permit/1"))))
        }
        var now: Int64 = 1_700_000_000_000_000
        for age in 0..<ages {
            if age > 0 {
                let end = try Self.horizon(at: now + 4_320_000_000_000)
                endAge(at: end, &participants, using: &generator)
                now += 8_640_000_000_000
            }
            for _ in 0..<Int.random(in: 1...longest, using: &generator) {
                now += .random(in: 0...60_000_000, using: &generator)
                let index = Int.random(in: participants.indices, using: &generator)
                changes.append(try act(as: &participants[index], at: now, using: &generator))
            }
        }
    }

    private static func horizon(at microseconds: Int64) throws -> ClockReading {
        guard let reading = ClockReading(at: Timestamp(microseconds: microseconds)) else {
            throw LockstepError(.clock, "a moment that no clock can read")
        }
        return reading
    }

    /// Those who compact have heard of everything; the others go on with what they know.
    private mutating func endAge(
        at horizon: ClockReading, _ participants: inout [Participant], using generator: inout SeededGenerator
    ) {
        horizons.append(horizon)
        for index in participants.indices where generator.chance(0.5) {
            for change in changes {
                participants[index].record.merge(change)
                participants[index].clock.observe(change.version.reading)
            }
            participants[index].record = participants[index].record.compacted(before: horizon)
            participants[index].horizon = horizon
        }
    }

    private func act(
        as participant: inout Participant, at now: Int64, using generator: inout SeededGenerator
    ) throws -> RecordChange {
        // Some changes of others reach this origin before it makes its own.
        for change in changes.suffix(12) where generator.chance(0.3) && change.version.reading >= participant.horizon {
            participant.record.merge(change)
            participant.clock.observe(change.version.reading)
        }
        let reading = participant.clock.take(at: Timestamp(microseconds: now + participant.skew))
        let operation = Self.operation(using: &generator)
        var data = JSONObject()
        if operation != .delete {
            for name in Self.names where generator.chance(0.5) {
                data[name] =
                    generator.chance(0.2) ? .null : JSONText(integerLiteral: .random(in: 0...3, using: &generator))
            }
        }
        let change = RecordChange(
            version: Version(reading: reading, origin: participant.origin),
            seen: Self.seen(of: participant.record, using: &generator),
            operation: operation,
            data: data,
            type: try EventType(Self.types[Int.random(in: Self.types.indices, using: &generator)])
        )
        participant.record.merge(change)
        return change
    }

    private static func operation(using generator: inout SeededGenerator) -> EventOperation {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0, 1: .delete
        case 2, 3: .replace
        default: .merge
        }
    }

    /// What an origin says of what it has seen: nothing, all of it at once, or field by field.
    private static func seen(of record: Record, using generator: inout SeededGenerator) -> Seen {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return .nothing
        case 1:
            var vector = record.existence.context
            vector.join(record.floor)
            for field in record.fields { vector.join(field.register.context) }
            return .everywhere(vector)
        default:
            var vectors: [String: VersionVector] = [:]
            for field in record.fields where generator.chance(0.7) { vectors[field.name] = field.register.context }
            return .byField(vectors)
        }
    }
}
