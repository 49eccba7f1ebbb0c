/// What is refused for its size or age.
public struct LimitsConfiguration: Sendable, Hashable {
    /// The largest event's data, in bytes; larger ones are refused before anything is sent.
    public var event: Int
    /// The oldest change that offices take in; nil: any.
    ///
    /// What matters only to older ones is forgotten.
    public var age: Duration?

    /// Limits; 1 MiB and any age unless said otherwise.
    public init(event: Int = 1_048_576, age: Duration? = nil) {
        self.event = event
        self.age = age
    }
}
