/// A queue as it is to be declared.
public struct Queue: Sendable, Hashable {
    /// The name, at most 255 bytes and not empty.
    public var name: String
    /// Whether it outlives a restart of the broker.
    public var durable: Bool
    /// Whether it belongs to this connection alone and vanishes with it.
    public var exclusive: Bool
    /// Whether it vanishes with its last consumer.
    public var autoDelete: Bool
    /// Further arguments, such as `x-queue-type`.
    public var arguments: FieldTable

    /// Makes a queue.
    public init(
        name: String, durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.arguments = arguments
    }
}

/// What the broker says of a queue.
public struct QueueStatus: Sendable, Hashable {
    /// Messages that are ready to be delivered; those that a consumer holds are not counted.
    public var messages: Int
    /// Consumers that are subscribed.
    public var consumers: Int

    /// Makes a status.
    public init(messages: Int, consumers: Int) {
        self.messages = messages
        self.consumers = consumers
    }
}
