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
    /// Whether a message that crashes the process is found without costing the others around it their delivery count.
    ///
    /// Redelivered messages are handed over one at a time, and a subscription begins with a prefetch of one. Of what a
    /// quorum queue has had back only once it takes two, four, and at last 32 together, as long as they do no harm, and as
    /// many as it may once the broker delivers something for the first time.
    ///
    /// When a consumer dies, a quorum queue counts a delivery of everything that it had handed out. With this, that
    /// happens to a message at most three times for each consumer of the queue, however often a message before it crashes
    /// them all; without, a crash loop takes the whole prefetch over the queue's delivery limit. What it costs: where a
    /// consumer dies that takes few at a time, those go behind what the consumer before it had in hand.
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
    /// Whether redelivered messages come together that are not suspicious.
    var joinsUnsuspicious = false

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

    /// The most that is taken together while it is unknown whether what the queue holds has crashed a consumer before.
    var widestProbe: Int {
        min(ConsumerProbe.widest, prefetch == 0 ? .max : Int(prefetch), batching.limit)
    }

    /// These options while it is unknown whether what the queue holds has crashed a consumer before.
    ///
    /// - Parameter window: How many are taken together, if these options would take so many.
    func probing(_ window: Int) -> ConsumerOptions {
        var options = self
        let window = min(window, widestProbe)
        options.prefetch = UInt16(clamping: window)
        // Else one batch would be what had come, the next one the rest, and so on, and none of them the whole.
        options.batching = window == 1 ? .immediate(limit: 1) : .collect(count: window, within: .milliseconds(20))
        options.joinsUnsuspicious = true
        return options
    }
}
