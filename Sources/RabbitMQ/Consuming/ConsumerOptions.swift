/// How a consumer takes deliveries.
public struct ConsumerOptions: Sendable, Hashable {
    /// The consumer's tag, which people see in RabbitMQ management; empty lets the client choose one.
    public var tag: String
    /// How many unsettled deliveries the broker may have handed out; 0 is no limit.
    public var prefetch: UInt16
    /// How deliveries are put together for the handler.
    public var batching: Batching
    /// Whether this must be the queue's only consumer.
    public var exclusive: Bool
    /// Whether redelivered messages are handed over one at a time until none is left: a message that
    /// crashes the process is then found without costing the others around it their delivery count.
    public var isolateRedelivered: Bool
    /// The consumer's priority (`x-priority`); higher ones are served first.
    public var priority: Int?
    /// Further arguments of `basic.consume`.
    public var arguments: FieldTable

    /// Makes options; the defaults suit a worker of one queue.
    public init(
        tag: String = "",
        prefetch: UInt16 = 500,
        batching: Batching = .immediate(limit: 500),
        exclusive: Bool = false,
        isolateRedelivered: Bool = true,
        priority: Int? = nil,
        arguments: FieldTable = [:]
    ) {
        self.tag = tag
        self.prefetch = prefetch
        self.batching = batching
        self.exclusive = exclusive
        self.isolateRedelivered = isolateRedelivered
        self.priority = priority
        self.arguments = arguments
    }
}
