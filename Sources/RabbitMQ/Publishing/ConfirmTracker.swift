/// What was published on a channel and is not yet confirmed; pure.
///
/// The broker numbers publishes from 1 on each channel. Its confirms name one number or all up to one, as acks
/// or nacks, in any order.
struct ConfirmTracker<Entry> {
    /// A confirm that names a number that was never given out.
    struct UnknownNumber: Error {}

    private struct Slot {
        var entry: Entry?
        let sent: ContinuousClock.Instant
        var returned: PublishOutcome?
    }

    private var slots = Fifo<Slot>()
    private var firstNumber: UInt64 = 1

    /// How many entries wait for their confirm.
    private(set) var count = 0

    /// When the oldest entry that waits for its confirm was published; `nil` where none waits.
    var oldest: ContinuousClock.Instant? { slots.first?.sent }

    /// Adds what was just published; returns its number.
    @discardableResult
    mutating func add(_ entry: Entry, at now: ContinuousClock.Instant) -> UInt64 {
        slots.append(Slot(entry: entry, sent: now))
        count += 1
        return firstNumber + UInt64(slots.count) - 1
    }

    /// Notes that the broker sent an entry back; its ack is still to come.
    ///
    /// A return bears no number. Returns come in the order of publishing, so of several entries that match,
    /// the oldest that has not come back is meant.
    ///
    /// - Returns: whether there was such an entry.
    mutating func markReturned(_ outcome: PublishOutcome, where matches: (Entry) -> Bool) -> Bool {
        for offset in 0..<slots.count {
            guard slots[offset].returned == nil, let entry = slots[offset].entry, matches(entry) else { continue }
            slots[offset].returned = outcome
            return true
        }
        return false
    }

    /// Takes in a confirm and hands each entry that it settles to `settle`, in the order of publishing.
    ///
    /// What is settled already is passed over.
    mutating func confirm(
        _ number: UInt64, multiple: Bool, isAck: Bool, settle: (Entry, PublishOutcome) -> Void
    ) throws(UnknownNumber) {
        let next = firstNumber + UInt64(slots.count)
        // AMQP: "if the multiple field is 1, and the tag is zero, all outstanding messages".
        let last = number == 0 && multiple ? next - 1 : number
        guard last < next, last > 0 || multiple else { throw UnknownNumber() }
        guard last >= firstNumber else { return }
        let lastOffset = Int(last - firstNumber)
        for offset in (multiple ? 0 : lastOffset)...lastOffset {
            guard let entry = slots[offset].entry else { continue }
            let outcome = isAck ? slots[offset].returned ?? .confirmed : .refused
            slots[offset].entry = nil
            count -= 1
            settle(entry, outcome)
        }
        while let slot = slots.first, slot.entry == nil {
            _ = slots.popFirst()
            firstNumber += 1
        }
    }

    /// Gives back what is not confirmed, in the order of publishing; the numbers start again, as on a new channel.
    mutating func reset() -> [Entry] {
        defer { self = ConfirmTracker() }
        return slots.compactMap(\.entry)
    }
}
