import Lockstep
import LockstepTesting

/// One thing that goes wrong in a history in which nothing was wrong.
enum Corruption: CaseIterable {
    case anEventWasNotApplied, aDeadLetterVanished, aStrangerWasApplied, anotherOfficesEventWasApplied
    case aRecordIsOlder, aRecordIsNewerThanAnything, aRecordVanished, aRecordAppeared, aContentDiffers

    /// Corrupts the history; returns whether it could.
    func happen(to history: inout SampleHistory, using generator: inout SeededGenerator) throws -> Bool {
        let accepted = Set(history.attempts.filter(\.isAccepted).map(\.id))
        switch self {
        case .anEventWasNotApplied:
            guard let id = history.offices[0].applied.filter(accepted.contains).randomElement(using: &generator) else {
                return false
            }
            history.offices[0].applied.removeAll { $0 == id }
        case .aDeadLetterVanished:
            guard let dead = history.offices[0].dead.filter({ accepted.contains($0.id) }).first else { return false }
            history.offices[0].dead.removeAll { $0 == dead }
        case .aStrangerWasApplied:
            history.offices[0].applied.append(try EventID("stranger"))
        case .anotherOfficesEventWasApplied:
            guard let wanted = history.offices[2].wanted,
                let other = history.attempts.first(where: { !wanted.contains($0.id) })
            else { return false }
            history.offices[2].applied.append(other.id)
        case .aRecordIsOlder:
            guard let subject = anyRecord(of: history, &generator), let held = history.offices[0].state[subject] else {
                return false
            }
            let older = ClockReading(held.version.reading.bits - 1)
            history.offices[0].state[subject]?.version = Version(reading: older, origin: held.version.origin)
        case .aRecordIsNewerThanAnything:
            guard let subject = anyRecord(of: history, &generator), let held = history.offices[0].state[subject] else {
                return false
            }
            history.offices[0].state[subject]?.version = Version(reading: ClockReading(99), origin: held.version.origin)
        case .aRecordVanished:
            guard let subject = anyRecord(of: history, &generator) else { return false }
            history.offices[0].state[subject] = nil
        case .aRecordAppeared:
            let version = Version(reading: ClockReading(1), origin: try Origin("core"))
            history.offices[0].state[try Subject("record/99")] = OfficeHistory.Held(version: version, content: "")
        case .aContentDiffers:
            let (first, second) = (history.offices[0], history.offices[1])
            // Of a record of which both have the same events, and none that is dead.
            let same = first.state.keys.sorted().first { subject in
                let ids = Set(history.attempts.filter { $0.subject == subject }.map(\.id))
                let dead = (first.dead + second.dead).contains { ids.contains($0.id) }
                return !dead && ids.intersection(first.applied) == ids.intersection(second.applied)
            }
            guard let same else { return false }
            history.offices[1].state[same]?.content += "!"
        }
        return true
    }

    private func anyRecord(of history: SampleHistory, _ generator: inout SeededGenerator) -> Subject? {
        history.offices[0].state.keys.sorted().randomElement(using: &generator)
    }

    /// Whether the verdict tells of it, and calls it what it is.
    func isFound(in verdict: HistoryVerdict) -> Bool {
        switch self {
        case .anEventWasNotApplied, .aDeadLetterVanished: verdict.lost.count == 1
        case .aStrangerWasApplied, .anotherOfficesEventWasApplied: verdict.unexpected.count == 1
        case .aRecordIsOlder, .aRecordIsNewerThanAnything, .aRecordVanished, .aRecordAppeared: verdict.wrong.count == 1
        case .aContentDiffers: verdict.disagreements.count == 1
        }
    }
}
