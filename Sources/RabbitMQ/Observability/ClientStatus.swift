/// How a client's connections are.
public struct ClientStatus: Sendable, Hashable {
    /// The connection that publishes.
    public var publishing: ConnectionStatus
    /// The connection that consumes and administers.
    public var consuming: ConnectionStatus

    /// The worse of both states.
    public var state: ConnectionStatus.State {
        publishing.state.severity >= consuming.state.severity ? publishing.state : consuming.state
    }
}

/// How one connection is.
public struct ConnectionStatus: Sendable, Hashable {
    /// What the connection is doing.
    public enum State: Sendable, Hashable {
        case connecting
        case ready
        /// The broker takes nothing, as it does while memory or disk run out; its reason is given.
        case blocked(reason: String)
        case reconnecting
        case stopped
    }

    /// What the connection is doing.
    public var state: State = .connecting
    /// The endpoint, without its password; `nil` before the first attempt.
    public var endpoint: String?
    /// What the broker is called, such as `RabbitMQ`.
    public var product: String?
    /// The broker's version.
    public var version: String?
    /// The name of the cluster.
    public var clusterName: String?
    /// What went wrong last; `nil` while connected.
    public var lastError: String?
    /// How many times the connection has been made.
    public var connects: Int = 0
}

extension ConnectionStatus.State {
    fileprivate var severity: Int {
        switch self {
        case .ready: 0
        case .blocked: 1
        case .connecting: 2
        case .reconnecting: 3
        case .stopped: 4
        }
    }
}

/// How one consumer is.
public struct ConsumerStatus: Sendable, Hashable {
    /// The queue.
    public let queue: String
    /// The consumer's tag.
    public let tag: String
    /// Whether the broker knows the consumer at this moment.
    public let isSubscribed: Bool
}
