import Lockstep

/// The records that the last batches were about, as they stand in the file; pure.
///
/// What a batch takes out of it is put back as the batch left it. Too many are let go by the second-chance rule: a record
/// that was asked for again since the last look at it stays for another round.
struct RecentRecords {
    /// How much is kept.
    struct Limits {
        var records = 20_000
        var bytes = 32 << 20
    }

    /// A record's place; it stays the same for as long as the record is kept.
    private struct Slot {
        let subject: Subject
        /// Nil while a batch has it.
        var record: LoadedRecord?
        /// Where a batch has it.
        var position: Int?
        var wasAskedFor = false
    }

    private let limits: Limits
    private var slots: [Slot] = []
    private var numbers: [Subject: Int] = [:]
    private var unused: [Int] = []
    private var hand = 0
    private var bytes = 0

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many records there are.
    var count: Int { numbers.count }

    /// The number of a record's slot, made if there is none.
    mutating func slot(of subject: Subject) -> Int {
        if let number = numbers[subject] { return number }
        let slot = Slot(subject: subject)
        let number = unused.popLast() ?? slots.count
        if number == slots.count { slots.append(slot) } else { slots[number] = slot }
        numbers[subject] = number
        return number
    }

    /// Where the batch in hand has a record; nil: it has not asked for it yet.
    func position(of slot: Int) -> Int? { slots[slot].position }

    /// Gives a record to the batch in hand; nil: it is not kept.
    mutating func take(_ slot: Int, to position: Int) -> LoadedRecord? {
        slots[slot].position = position
        guard let record = slots[slot].record.take() else { return nil }
        slots[slot].wasAskedFor = true
        bytes -= record.size
        return record
    }

    /// Takes a record back, as the batch has stored it.
    mutating func put(_ record: LoadedRecord, in slot: Int) {
        slots[slot].position = nil
        slots[slot].record = record
        bytes += record.size
    }

    /// Lets go of records until the limits are kept.
    mutating func trim() {
        while numbers.count > limits.records || bytes > limits.bytes, !numbers.isEmpty {
            hand = (hand + 1) % slots.count
            guard let record = slots[hand].record else { continue }
            if slots[hand].wasAskedFor {
                slots[hand].wasAskedFor = false
                continue
            }
            bytes -= record.size
            numbers[slots[hand].subject] = nil
            slots[hand].record = nil
            unused.append(hand)
        }
    }
}
