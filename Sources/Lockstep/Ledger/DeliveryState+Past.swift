extension DeliveryState {
    /// What was to be said of the delivery at a moment, from all that is known of it now; nil: nothing yet.
    ///
    /// Once an office has an event, nothing is known any more of the tries before: then there was no word.
    public func word(asOf moment: Timestamp) -> Word? {
        let past = DeliveryState(
            done: done.flatMap { $0.at <= moment ? $0 : nil },
            waiting: waiting.flatMap { $0.at <= moment ? $0 : nil },
            dead: dead.flatMap { $0.at <= moment ? $0 : nil },
            attempts: attempts)
        guard past.done != nil || past.waiting != nil || past.dead != nil else { return nil }
        return past.word
    }
}

extension LedgerEntry {
    /// Whether the change was made by a moment, as far as is known.
    public func isKnown(asOf moment: Timestamp) -> Bool { publishedAt <= moment }

    /// Whether the broker has taken the event.
    public var isConfirmed: Bool { publication?.outcome == .confirmed }
}
