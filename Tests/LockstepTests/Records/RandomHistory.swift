import Lockstep
import LockstepTesting

/// A made-up past of one record: several origins that change it, each knowing what it has heard so far.
struct RandomHistory {
    private(set) var changes: [RecordChange] = []

    private static let names = ["address", "status", "ward", "value"]

    /// Makes a history of up to 24 changes by 2 to 5 origins with clocks that disagree.
    init(using generator: inout SeededGenerator) throws {
        var origins: [(name: String, clock: HybridClock, skew: Int64, replica: Record)] = []
        for index in 0..<Int.random(in: 2...5, using: &generator) {
            let skew = Int64.random(in: -120_000...120_000, using: &generator) * 1000
            origins.append(("origin-\(index)", HybridClock(), skew, Record(subject: try Subject("permit/1"))))
        }
        var now: Int64 = 1_700_000_000_000_000
        for _ in 0..<Int.random(in: 1...24, using: &generator) {
            now += Int64.random(in: 0...60_000_000, using: &generator)
            let index = Int.random(in: origins.indices, using: &generator)
            // Some changes of others reach this origin before it makes its own.
            for change in changes where generator.chance(0.3) {
                origins[index].replica.merge(change)
                origins[index].clock.observe(change.version.reading)
            }
            let reading = origins[index].clock.take(at: Timestamp(microseconds: now + origins[index].skew))
            let change = try Self.change(
                by: Version(reading: reading, origin: try Origin(origins[index].name)),
                knowing: origins[index].replica,
                using: &generator
            )
            origins[index].replica.merge(change)
            changes.append(change)
        }
    }

    private static func change(
        by version: Version,
        knowing record: Record,
        using generator: inout SeededGenerator
    ) throws -> RecordChange {
        let operation = EventOperation.allCases[Int.random(in: 0..<10, using: &generator) * 3 / 10]
        var data = JSONObject()
        if operation != .delete {
            for name in names where generator.chance(0.5) {
                let content: JSONText =
                    generator.chance(0.2) ? .null : JSONText(integerLiteral: .random(in: 0...3, using: &generator))
                data[name] = content
            }
        }
        let type = ["permit.issued", "permit.revised", "permit.final"].randomElement(using: &generator)
        return RecordChange(
            version: version,
            seen: seen(of: record, using: &generator),
            operation: operation,
            data: data,
            type: try EventType(type ?? "permit.issued")
        )
    }

    /// What an origin says of what it has seen: nothing, all of it at once, or field by field.
    private static func seen(of record: Record, using generator: inout SeededGenerator) -> Seen {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return .nothing
        case 1:
            var vector = record.existence.context
            for field in record.fields { vector.join(field.register.context) }
            return .everywhere(vector)
        default:
            var vectors: [String: VersionVector] = [:]
            for field in record.fields where generator.chance(0.7) { vectors[field.name] = field.register.context }
            return .byField(vectors)
        }
    }
}
