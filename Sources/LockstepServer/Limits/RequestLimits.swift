/// What requests are held to.
public struct RequestLimits: Sendable, Hashable {
    /// The largest body, in bytes.
    public var size: Int
    /// How many requests a second of each token; of each address where there is none.
    public var rate: Int
    /// How many of them at once.
    public var burst: Int
    /// How long a request's body, or an idle connection, is waited for.
    public var patience: Duration
    /// How many connections at once.
    public var connections: Int

    /// Limits.
    public init(
        size: Int = 4 << 20, rate: Int = 200, burst: Int = 400, patience: Duration = .seconds(30),
        connections: Int = 1_024
    ) {
        self.size = size
        self.rate = rate
        self.burst = burst
        self.patience = patience
        self.connections = connections
    }
}
