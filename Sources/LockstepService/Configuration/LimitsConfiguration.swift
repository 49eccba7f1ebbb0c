/// What is refused for its size.
public struct LimitsConfiguration: Sendable, Hashable {
    /// The largest event's data, in bytes; larger ones are refused before anything is sent.
    public var event: Int

    /// Limits; 1 MiB unless said otherwise.
    public init(event: Int = 1_048_576) {
        self.event = event
    }
}
