extension Topology {
    /// Adds the objects of another topology.
    public mutating func add(_ other: Topology) {
        exchanges += other.exchanges
        queues += other.queues
        bindings += other.bindings
    }
}
