/// A connection that went through a ``FaultProxy``, as it was when it was asked for.
public struct ProxiedConnection: Sendable, Hashable {
    /// Its place in the order in which clients came; the first is 0.
    public let index: Int
    /// What the client calls it (`connection_name`); `nil` before it has said so.
    public let name: String?
    /// Whether the client's side is still open.
    public let isOpen: Bool
    /// What the client sent.
    public let clientToBroker: ProxiedStream
    /// What the broker sent.
    public let brokerToClient: ProxiedStream

    /// One of both ways.
    public subscript(direction: FaultDirection) -> ProxiedStream {
        direction == .clientToBroker ? clientToBroker : brokerToClient
    }
}

/// What went one way through a connection.
public struct ProxiedStream: Sendable, Hashable {
    /// What the proxy has read.
    public internal(set) var arrived = Amount()
    /// What the proxy has passed on; the rest is on its way, held, dropped or lost.
    public internal(set) var passed = Amount()

    /// An amount of traffic.
    public struct Amount: Sendable, Hashable {
        /// All bytes.
        public internal(set) var bytes = 0
        /// How many method frames there were of each method, whole ones only.
        public internal(set) var methods: [WireMethod: Int] = [:]
    }
}
