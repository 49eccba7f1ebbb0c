public import Lockstep

/// A random history: what several origins did to a few records, each knowing some of what the others did.
///
/// Causes are real: an origin has seen a beginning of the history, which grows, and says so of each of its changes.
public struct RecordHistory: Sendable {
    /// The events, in the order in which they happened.
    public let events: [Event]

    private static let origins = ["core", "ward-1", "ward-2"]
    private static let fields = ["status", "address", "issued", "value"]

    /// A history of this many events about a few records.
    public init(events count: Int, records: Int = 3, using generator: inout SeededGenerator) throws(LockstepError) {
        var events: [Event] = []
        var clocks = Self.origins.map { _ in HybridClock() }
        var known = Self.origins.map { _ in 0 }
        for step in 0..<count {
            let who = Int.random(in: 0..<Self.origins.count, using: &generator)
            if generator.chance(0.6) {
                known[who] = Int.random(in: known[who]...step, using: &generator)
                for event in events[..<known[who]] { clocks[who].observe(event.version.reading) }
            }
            let origin = try Origin(Self.origins[who])
            let subject = try Subject("permit/24-\(Int.random(in: 1...records, using: &generator))")
            // Clocks that do not agree: some origins are minutes off.
            let now = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(step * 1000 + who * 90_000_000))
            let seen = events[..<known[who]].filter { $0.subject == subject && $0.source != origin }.map(\.version)
            let operation = Self.operation(&generator)
            events.append(
                Event(
                    id: EventID(milliseconds: UInt64(now.milliseconds), using: &generator),
                    source: origin,
                    type: try EventType(generator.chance(0.5) ? "permit.issued" : "permit.revised"),
                    subject: subject,
                    time: now,
                    version: Version(reading: clocks[who].take(at: now), origin: origin),
                    seen: .everywhere(VersionVector(seen)),
                    operation: operation,
                    data: operation == .delete ? JSONObject() : Self.data(step, &generator)
                )
            )
        }
        self.events = events
    }

    /// The same events in another order, some of them twice, cut into batches of 1 to 20.
    public func deliveries(using generator: inout SeededGenerator) -> [[Arrival]] {
        let again = events.filter { _ in generator.chance(0.3) }
        var rest = (events + again).shuffled(using: &generator).map { Arrival($0) }[...]
        var batches: [[Arrival]] = []
        while !rest.isEmpty {
            let size = Int.random(in: 1...20, using: &generator)
            batches.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return batches
    }

    private static func operation(_ generator: inout SeededGenerator) -> EventOperation {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: .delete
        case 1: .replace
        default: .merge
        }
    }

    private static func data(_ step: Int, _ generator: inout SeededGenerator) -> JSONObject {
        var data = JSONObject()
        for field in fields where generator.chance(0.5) {
            data[field] = generator.chance(0.15) ? .null : JSONText(string: "\(field) \(step)")
        }
        return data
    }
}
