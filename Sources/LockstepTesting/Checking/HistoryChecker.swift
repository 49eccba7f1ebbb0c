public import Lockstep

/// Judges what offices hold against what was published: nothing lost, nothing invented, every record as it should be;
/// pure.
///
/// Events are told apart by their ids, which must be unique over all sources, as Lockstep's own are.
///
/// ```swift
/// var checker = HistoryChecker()
/// for published in try await publisher.publish(drafts) {
///     checker.attempt(published.event)
///     if published.outcome == .confirmed { checker.accept(published.event.id) }
/// }
/// #expect(checker.judge([office]).isClean)
/// ```
public struct HistoryChecker: Sendable {
    /// An event as the checker knows it.
    struct Entry: Sendable {
        let subject: Subject
        let version: Version
        var isAccepted = false
    }

    /// What was published, whatever became of it.
    private(set) var attempted: [EventID: Entry] = [:]

    /// A checker that knows of nothing.
    public init() {}

    /// Notes an event before, or after, it is published: an office may have it from now on, and need not.
    public mutating func attempt(_ id: EventID, about subject: Subject, version: Version) {
        guard attempted[id] == nil else { return }
        attempted[id] = Entry(subject: subject, version: version)
    }

    /// Notes an event before, or after, it is published.
    public mutating func attempt(_ event: Event) {
        attempt(event.id, about: event.subject, version: event.version)
    }

    /// Notes that the broker has an attempted event safe: from now on every office that wants it must have it.
    ///
    /// One whose confirm never came is not accepted, and not refused, either: it may arrive.
    public mutating func accept(_ id: EventID) {
        precondition(attempted[id] != nil, "Only what was attempted is accepted.")
        attempted[id]?.isAccepted = true
    }

    /// Compares offices with what was published.
    public func judge(_ offices: [OfficeHistory]) -> HistoryVerdict {
        var verdict = HistoryVerdict()
        var contents: [Sight: (office: String, content: String)] = [:]
        for office in offices {
            let judged = judge(office, &verdict)
            compare(office, judged, &contents, &verdict)
        }
        return verdict
    }

    /// What an office that took in these events must show of a record.
    private struct Sight: Hashable {
        let subject: Subject
        let events: Set<EventID>
    }

    /// Judges one office; returns the events that it has taken in for sure, and those that it may have, by subject.
    private func judge(
        _ office: OfficeHistory, _ verdict: inout HistoryVerdict
    ) -> (sure: [Subject: Set<EventID>], possible: [Subject: Set<EventID>]) {
        var sure: [Subject: Set<EventID>] = [:]
        var possible: [Subject: Set<EventID>] = [:]
        let applied = Set(office.applied)
        let dead = Set(office.dead.map(\.id))
        for (id, entry) in attempted where office.wants(id) {
            if applied.contains(id) {
                sure[entry.subject, default: []].insert(id)
            } else if dead.contains(id) {
                // What an adapter refuses is dead although the replica has taken it in.
                possible[entry.subject, default: []].insert(id)
            } else if entry.isAccepted {
                verdict.lost.append(HistoryVerdict.Finding(office: office.name, id: id))
            }
            if entry.isAccepted { verdict.accepted += 1 }
        }
        verdict.applied += applied.count
        verdict.duplicates += office.applied.count - applied.count
        verdict.dead += office.dead.map { HistoryVerdict.Death(office: office.name, id: $0.id, reason: $0.reason) }
        for id in applied where attempted[id] == nil || !office.wants(id) {
            verdict.unexpected.append(HistoryVerdict.Finding(office: office.name, id: id))
        }
        return (sure, possible)
    }

    /// Compares what an office shows with what it took in, and with other offices that took in the same.
    private func compare(
        _ office: OfficeHistory,
        _ judged: (sure: [Subject: Set<EventID>], possible: [Subject: Set<EventID>]),
        _ contents: inout [Sight: (office: String, content: String)],
        _ verdict: inout HistoryVerdict
    ) {
        let subjects = Set(judged.sure.keys).union(judged.possible.keys).union(office.state.keys)
        for subject in subjects {
            let sure = judged.sure[subject] ?? []
            let possible = judged.possible[subject] ?? []
            let needed = newest(sure)
            let later = possible.compactMap { attempted[$0]?.version }.filter { version in
                needed.map { version > $0 } ?? true
            }
            let held = office.state[subject]
            guard held?.version == needed || held.map({ later.contains($0.version) }) == true else {
                verdict.wrong.append(
                    HistoryVerdict.Wrong(office: office.name, subject: subject, expected: needed, held: held?.version))
                continue
            }
            guard let held, possible.isEmpty else { continue }
            let sight = Sight(subject: subject, events: sure)
            if let other = contents[sight] {
                guard other.content != held.content else { continue }
                verdict.disagreements.append(
                    HistoryVerdict.Disagreement(offices: [other.office, office.name], subject: subject))
            } else {
                contents[sight] = (office.name, held.content)
            }
        }
    }

    private func newest(_ ids: Set<EventID>) -> Version? {
        ids.compactMap { attempted[$0]?.version }.max()
    }
}
