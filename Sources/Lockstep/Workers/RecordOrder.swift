/// Keeps the events of each record in the order of their publication, though some of them have to be tried again: while
/// one waits, those behind it wait, too; pure.
///
/// An event that comes while others of its record wait takes its place behind them. It is put off for as long as the
/// first of them is, and loses no attempt. When the first is done it is the next one's turn; when the first is given up,
/// too: a dead letter holds up nobody, and comes out of order if it is replayed.
///
/// A delivery that never comes back, for somebody emptied a queue of the broker's, must not hold up its record for good.
/// No clock tells that: an office that was away for a week finds all of it overdue. But queues are first in, first out: one
/// that was put off when another should long have been back is behind it, and when it has come and the other has not, the
/// other is lost.
struct RecordOrder: Sendable {
    /// What is to become of a delivery.
    enum Turn: Sendable, Hashable {
        /// It may be tried.
        case now
        /// Others of its record come first.
        case later(RetryDelay)
    }

    /// How much longer than asked for the broker may keep a delivery.
    private static let patience = Duration.seconds(600)

    private var lines: [Subject: [WaitingEvent]]
    /// The records whose lines are other than what was noted last.
    private var changed: Set<Subject> = []

    /// Goes on from what was noted.
    init(_ lines: [Subject: [WaitingEvent]] = [:]) {
        self.lines = lines
    }

    /// The lines that are other than they were at the last call; empty ones are gone.
    var changes: [Subject: [WaitingEvent]] {
        Dictionary(uniqueKeysWithValues: changed.map { ($0, lines[$0] ?? []) })
    }

    /// Whether nothing waits.
    var isEmpty: Bool { lines.isEmpty }

    /// Notes that the changes are kept.
    mutating func keptChanges() {
        changed = []
    }

    /// Whether an event may be tried that has come.
    ///
    /// - Parameter putOffAt: When this delivery of it was put off last; nil: it never was.
    mutating func turn(of event: Event, putOffAt: Timestamp?, at now: Timestamp) -> Turn {
        guard var line = lines[event.subject] else { return .now }
        if let putOffAt {
            let place = line.firstIndex { $0.isOf(event) } ?? line.endIndex
            let lost = line[..<place].indices.filter { line[$0].due.advanced(by: Self.patience) <= putOffAt }
            if !lost.isEmpty {
                for index in lost.reversed() { line.remove(at: index) }
                set(line, of: event.subject)
            }
        }
        guard let first = line.first, !first.isOf(event) else { return .now }
        return .later(RetryDelay(closestTo: .microseconds(max(0, first.due.microseconds - now.microseconds))))
    }

    /// Notes what becomes of an event's delivery.
    mutating func answered(_ event: Event, _ verdict: Verdict, at now: Timestamp) {
        var line = lines[event.subject] ?? []
        let place = line.firstIndex { $0.isOf(event) }
        switch verdict {
        case .retry(let delay, _, _):
            let waiting = WaitingEvent(
                id: event.id, version: event.version, due: now.advanced(by: delay.duration))
            if let place { line[place] = waiting } else { line.append(waiting) }
        case .done, .dead:
            guard let place else { return }
            line.remove(at: place)
        case .giveBack:
            // It comes again as it was.
            return
        }
        set(line, of: event.subject)
    }

    private mutating func set(_ line: [WaitingEvent], of subject: Subject) {
        lines[subject] = line.isEmpty ? nil : line
        changed.insert(subject)
    }
}

extension WaitingEvent {
    fileprivate func isOf(_ event: Event) -> Bool { version == event.version && id == event.id }
}
