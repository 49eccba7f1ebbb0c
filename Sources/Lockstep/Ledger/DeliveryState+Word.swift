extension DeliveryState {
    /// What is to be said of a delivery now.
    public enum Word: Sendable, Hashable {
        /// The office has the event.
        case done(Done)
        /// It is tried again.
        case waiting(Waiting)
        /// It was given up.
        case dead(Dead)
    }

    /// How far the clocks of an office's machines may differ.
    ///
    /// Its workers take turns, and each tells the time by its own machine.
    private static let skew: Int64 = 60_000_000

    /// The office's word, all in all.
    ///
    /// A dead letter stays one, whatever is said of tries before it. Only a failure of well after it is that of a replay,
    /// whose tries are counted anew; one with a higher number need only be later.
    public var word: Word {
        if let done { return .done(done) }
        guard let dead else {
            guard let waiting else { preconditionFailure("a state is made of a receipt") }
            return .waiting(waiting)
        }
        guard let waiting else { return .dead(dead) }
        let later = waiting.at.microseconds - dead.at.microseconds
        return later > Self.skew || later > 0 && waiting.attempt > dead.attempt ? .waiting(waiting) : .dead(dead)
    }
}
