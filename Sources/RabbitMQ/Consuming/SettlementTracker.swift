/// Which deliveries of a channel are unsettled, and how to settle them with few frames; pure.
struct SettlementTracker {
    /// One frame to send.
    struct Action: Sendable, Hashable {
        let tag: UInt64
        let multiple: Bool
        let disposition: Disposition
    }

    private var outstanding = Fifo<UInt64>()
    private var holes: Set<UInt64> = []
    private var last: UInt64 = 0

    /// How many deliveries are unsettled.
    var count: Int { outstanding.count - holes.count }

    /// A delivery's tag that is not above the one before it.
    struct TagOutOfOrder: Error {}

    /// Notes a delivery; tags begin above 0 and only grow on a channel.
    ///
    /// Settled with `multiple`, a tag that went back would settle others, and 0 all of them.
    mutating func add(_ tag: UInt64) throws(TagOutOfOrder) {
        guard tag > last else { throw TagOutOfOrder() }
        last = tag
        outstanding.append(tag)
    }

    /// Settles deliveries; `settled` is in the order of their tags.
    ///
    /// Where everything before is settled, a run of the same disposition is one frame with `multiple`. What lies
    /// behind an unsettled delivery is settled one by one, and leaves a hole.
    mutating func settle(_ settled: some Sequence<(tag: UInt64, disposition: Disposition)>) -> [Action] {
        var actions: [Action] = []
        for (tag, disposition) in settled {
            skipHoles()
            guard outstanding.first == tag else {
                holes.insert(tag)
                actions.append(Action(tag: tag, multiple: false, disposition: disposition))
                continue
            }
            _ = outstanding.popFirst()
            if let last = actions.last, last.disposition == disposition, last.multiple {
                actions.removeLast()
            }
            actions.append(Action(tag: tag, multiple: true, disposition: disposition))
        }
        skipHoles()
        return actions
    }

    private mutating func skipHoles() {
        while let tag = outstanding.first, holes.contains(tag) {
            holes.remove(tag)
            _ = outstanding.popFirst()
        }
    }
}
