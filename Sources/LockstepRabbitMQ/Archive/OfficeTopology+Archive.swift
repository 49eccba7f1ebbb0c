public import RabbitMQ

extension OfficeTopology {
    /// The archive: a stream that takes every event, of which it keeps the newest.
    ///
    /// Whole segments are thrown away, the oldest first; they are small enough that little more is kept than was asked
    /// for, and an archive in which nothing happens keeps its last one whatever its age.
    /// - Parameters:
    ///   - keep: How long an event is kept, to the second.
    ///   - size: How many bytes are kept.
    public static func archive(keep: Duration, size: Int) -> Topology {
        let segment = min(max(size / 20, 1 << 20), 500_000_000)
        return Topology(
            queues: [
                Queue(
                    name: BrokerName.archive,
                    arguments: [
                        "x-queue-type": "stream",
                        "x-max-age": .string("\(max(1, keep.components.seconds))s"),
                        "x-max-length-bytes": .int(Int64(size)),
                        "x-stream-max-segment-size-bytes": .int(Int64(segment)),
                    ])
            ],
            bindings: [Binding(source: BrokerName.events, destination: .queue(BrokerName.archive), routingKey: "#")]
        )
    }
}
