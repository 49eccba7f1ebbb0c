import Lockstep
import LockstepTesting

/// A random history of three offices in which nothing is wrong, as the rules of the checker have it.
struct SampleHistory {
    struct Attempt {
        let id: EventID
        let subject: Subject
        let version: Version
        let isAccepted: Bool
    }

    let attempts: [Attempt]
    var offices: [OfficeHistory]

    init(using generator: inout SeededGenerator) throws {
        let origin = try Origin("core")
        var attempts: [Attempt] = []
        for number in 1...40 {
            attempts.append(
                Attempt(
                    id: try EventID("event-\(number)"),
                    subject: try Subject("record/\(Int.random(in: 1...8, using: &generator))"),
                    version: Version(reading: ClockReading(UInt64(number)), origin: origin),
                    isAccepted: generator.chance(0.9)))
        }
        self.attempts = attempts
        offices = []
        for name in ["ward-1", "ward-2", "ward-3"] {
            // The first two get everything, so that they can be compared.
            let wanted = name == "ward-3" ? Set(attempts.filter { _ in generator.chance(0.6) }.map(\.id)) : nil
            offices.append(Self.office(name, wanted, attempts, &generator))
        }
    }

    private static func office(
        _ name: String, _ wanted: Set<EventID>?, _ attempts: [Attempt], _ generator: inout SeededGenerator
    ) -> OfficeHistory {
        var office = OfficeHistory(name: name, wanted: wanted)
        for attempt in attempts where wanted?.contains(attempt.id) ?? true {
            if !attempt.isAccepted, generator.chance(0.5) { continue }
            guard !generator.chance(0.05) else {
                office.dead.append(OfficeHistory.DeadLetter(id: attempt.id, reason: "refused"))
                continue
            }
            office.applied += Array(repeating: attempt.id, count: generator.chance(0.2) ? 2 : 1)
            let content = (office.state[attempt.subject]?.content ?? "") + attempt.id.text
            office.state[attempt.subject] = OfficeHistory.Held(version: attempt.version, content: content)
        }
        office.applied.shuffle(using: &generator)
        return office
    }

    func judge() -> HistoryVerdict {
        var checker = HistoryChecker()
        for attempt in attempts {
            checker.attempt(attempt.id, about: attempt.subject, version: attempt.version)
            if attempt.isAccepted { checker.accept(attempt.id) }
        }
        return checker.judge(offices)
    }
}
