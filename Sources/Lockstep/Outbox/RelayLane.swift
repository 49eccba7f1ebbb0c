/// Some of the records' entries on their way through a relay: one batch of them is under way at a time.
///
/// Which lane a record takes is fixed, so that its entries keep their order while other lanes go on. An entry is done
/// only when all earlier ones of its record are: where the broker refused one, it and what comes after it in its record
/// is published again, later; the lane's other records do not wait for it.
struct RelayLane {
    /// An entry that is an event: by reference, since events are large and pass through several hands.
    final class Item: Sendable {
        let position: OutboxPosition
        let event: Event

        init(position: OutboxPosition, event: Event) {
            self.position = position
            self.event = event
        }
    }

    /// What is ready to be published, in order.
    private(set) var waiting: [Item] = []
    /// What was handed to the broker and has no answer yet.
    private(set) var underWay: [Item] = []
    /// What waits for the broker to take an earlier event of its record, in order.
    private(set) var held: [Item] = []
    private var heldRecords: Set<Subject> = []
    /// When the held ones are tried again.
    private var heldUntil = Duration.zero
    private var holdPause: RelayPause
    /// When the lane goes on after a call that failed.
    private var resumesAt = Duration.zero
    private var failurePause: RelayPause
    /// How many of the waiting ones are published one by one: a call with them failed, and one of them may be why.
    private var suspects = 0

    init(pause: RelayPause) {
        holdPause = pause
        failurePause = pause
    }

    /// How many entries it has in hand.
    var count: Int { waiting.count + underWay.count + held.count }

    /// When it can do something without an answer; nil: never.
    var nextTime: Duration? {
        guard underWay.isEmpty else { return nil }
        if !waiting.isEmpty { return resumesAt }
        return held.isEmpty ? nil : max(resumesAt, heldUntil)
    }

    mutating func append(_ item: Item) {
        waiting.append(item)
    }

    /// The next batch, which is under way from now on; empty: nothing may be published now.
    mutating func take(atMost count: Int, at now: Duration) -> [Event] {
        guard underWay.isEmpty, now >= resumesAt else { return [] }
        if !held.isEmpty, now >= heldUntil {
            waiting.insert(contentsOf: held, at: 0)
            held = []
            heldRecords = []
        }
        let limit = suspects > 0 ? 1 : count
        var looked = 0
        while looked < waiting.count, underWay.count < limit {
            let item = waiting[looked]
            if heldRecords.contains(item.event.subject) {
                held.append(item)
            } else {
                underWay.append(item)
            }
            looked += 1
        }
        waiting.removeFirst(looked)
        return underWay.map(\.event)
    }

    /// Takes in what the broker said of each event of the batch, and returns what is done.
    mutating func published(_ outcomes: [PublishOutcome], at now: Duration) -> [OutboxSettlement] {
        var done: [OutboxSettlement] = []
        done.reserveCapacity(underWay.count)
        var back: [Item] = []
        for (item, outcome) in zip(underWay, outcomes) {
            switch outcome {
            case .confirmed where !heldRecords.contains(item.event.subject):
                done.append(OutboxSettlement(item.position, .sent))
            case .unrouted where !heldRecords.contains(item.event.subject):
                done.append(OutboxSettlement(item.position, .unrouted))
            case .confirmed, .unrouted, .refused:
                heldRecords.insert(item.event.subject)
                back.append(item)
            }
        }
        suspects = max(0, suspects - 1)
        failurePause.reset()
        hold(back, at: now)
        if back.isEmpty, held.isEmpty { holdPause.reset() }
        underWay = []
        return done
    }

    /// Takes in that the call failed, and nothing is known about its events.
    mutating func failed(_ error: LockstepError, at now: Duration) -> [OutboxSettlement] {
        resumesAt = now + failurePause.next()
        defer { underWay = [] }
        guard underWay.count == 1 else {
            waiting.insert(contentsOf: underWay, at: 0)
            suspects = underWay.count
            return []
        }
        suspects = max(0, suspects - 1)
        if error.blamesTheEvent { return [OutboxSettlement(underWay[0].position, .refused(error.message))] }
        heldRecords.insert(underWay[0].event.subject)
        hold(underWay, at: now)
        return []
    }

    /// Gives up all that it has in hand.
    mutating func drop() -> [OutboxPosition] {
        let all = (underWay + held + waiting).map(\.position)
        waiting = []
        underWay = []
        held = []
        heldRecords = []
        return all
    }

    /// Keeps entries back with those of their records that were kept back before, which they follow.
    private mutating func hold(_ items: [Item], at now: Duration) {
        guard !items.isEmpty else { return }
        if held.isEmpty { heldUntil = now + holdPause.next() }
        held += items
    }
}

extension LockstepError {
    /// Whether it says that an event itself cannot be published, by anybody at any time.
    fileprivate var blamesTheEvent: Bool {
        [.eventTooLarge, .invalidEvent, .invalidJSON, .invalidName, .invalidVersion].contains(code)
    }
}
