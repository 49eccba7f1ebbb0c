extension EventDraft {
    /// The most bytes of all attributes: a broker's frame has 128 KiB, and retries add to the headers.
    private static let largestAttributes = 64 << 10

    /// Refuses an event that is larger than brokers and offices should be asked to carry, or not for publishing at all.
    ///
    /// - Parameter largest: The most bytes of data and attributes together.
    /// - Throws: ``LockstepError`` with the code `eventTooLarge`, or `invalidEvent` for an operation that nobody publishes.
    public func check(largest: Int) throws(LockstepError) {
        guard operation != .state else {
            throw LockstepError(
                .invalidEvent,
                "an event with the operation 'state' cannot be published; 'lockstep reconcile' sends them to the offices "
                    + "that need them"
            )
        }
        let attributes =
            type.text.utf8.count + subject.text.utf8.count + (seen.text?.utf8.count ?? 0)
            + (traceparent?.utf8.count ?? 0)
            + extensions.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard attributes <= Self.largestAttributes else {
            throw LockstepError(
                .eventTooLarge,
                "an event's attributes have \(attributes) bytes, more than the \(Self.largestAttributes) that fit into a "
                    + "message's headers; put what is large into the data"
            )
        }
        let size = data.text.utf8.count + attributes
        guard size <= largest else {
            throw LockstepError(
                .eventTooLarge,
                "an event has \(size) bytes, more than the limit of \(largest); publish a reference instead of the "
                    + "content, or raise limits.event"
            )
        }
    }
}
