/// What an adapter is told of.
public struct AdapterContent: Sendable, Hashable {
    private enum Wrapped { case state, events }
    private let wrapped: Wrapped

    /// The newest merged state of each record that changed; what a newer one has overtaken is left out.
    public static let state = AdapterContent(wrapped: .state)
    /// Each event as it was published, in its order for each record.
    ///
    /// At least once: an event that comes again after a crash is told again, with the same id. What is sent to repair a
    /// record that has drifted is no event of anybody's, and is told as the record's newest state.
    public static let events = AdapterContent(wrapped: .events)
}
