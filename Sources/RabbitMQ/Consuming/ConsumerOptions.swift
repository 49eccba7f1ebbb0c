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
    /// Whether a message that crashes the process is found without costing the others around it their delivery
    /// count: redelivered messages are handed over one at a time, and a subscription begins with a prefetch of one, which
    /// it leaves once the broker delivers something for the first time.
    ///
    /// When a consumer dies, a quorum queue counts a delivery of everything that it had handed out. With this, that
    /// happens to a message at most once for each consumer of the queue, however often a message before it crashes
    /// them all; without, a crash loop takes the whole prefetch over the queue's delivery limit. What it costs: where a
    /// consumer dies that takes one at a time, that one message goes behind those which the consumer before it had in hand.
    ///
    /// Only a consumer that loses its connection, and not its life, takes what it had in hand again in batches, where it had
    /// handled some on that connection: what it had in hand is not what ended it.
    public var isolateRedelivered: Bool
    /// The consumer's priority (`x-priority`); higher ones are served first.
    public var priority: Int?
    /// Further arguments of `basic.consume`.
    public var arguments: FieldTable
    /// Whether the redelivered messages that come first were in hand in this process before, and have harmed nobody.
    var trustsRedelivered = false

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

extension ConsumerOptions {
    /// These options where this process had in hand before what is redelivered first.
    var trusting: ConsumerOptions {
        var options = self
        options.trustsRedelivered = true
        return options
    }

    /// These options while it is unknown whether what the queue holds has crashed a consumer before.
    var probing: ConsumerOptions {
        var options = self
        options.prefetch = 1
        options.batching = .immediate(limit: 1)
        return options
    }
}
