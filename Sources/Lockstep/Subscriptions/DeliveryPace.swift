/// How fast an office's system may be told of changes.
public struct DeliveryPace: Sendable, Hashable {
    /// The most changes in a second, on average, 1 to 100,000; nil: as many as it takes.
    public var rate: Int?
    /// The most changes that are on their way to it at once, 1 to 100; never two of the same record.
    public var concurrency: Int

    /// As many as it takes, eight at once.
    public static let unlimited = DeliveryPace(rate: nil, concurrency: 8)

    /// A pace.
    public init(rate: Int?, concurrency: Int = 8) {
        self.rate = rate
        self.concurrency = concurrency
    }
}
