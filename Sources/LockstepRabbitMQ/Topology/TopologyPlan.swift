public import RabbitMQ

/// How a broker differs from the topology that Lockstep wants, object by object.
///
/// A pure function of the two. It knows only Lockstep's own objects; whatever else the broker has is none of its
/// business.
public struct TopologyPlan: Sendable, Hashable {
    /// One object and what is to be said of it.
    public struct Item: Sendable, Hashable {
        /// `exchange`, `queue` or `binding`.
        public let kind: String
        /// The object's name; for a binding `source → destination (key)`.
        public let name: String
        /// What is to be said of it.
        public let state: State

        /// How an object stands.
        public enum State: Sendable, Hashable {
            /// It is there, as wanted.
            case present
            /// It is not there; `apply` declares it.
            case missing
            /// It is there with other arguments, which only a migration can change.
            case differs([Difference])
            /// It is there and no subscription wants it; it is left alone.
            case unwanted
        }

        /// One argument that is other than wanted.
        public struct Difference: Sendable, Hashable {
            /// The argument's name.
            public let argument: String
            /// What is wanted; nil: that it is not set.
            public let wanted: String?
            /// What the broker has; nil: it is not set.
            public let found: String?
        }
    }

    /// All objects: exchanges, queues, bindings.
    public let items: [Item]

    /// Compares.
    public init(wanted: Topology, found: BrokerSnapshot) {
        items =
            wanted.exchanges.map { Self.item($0, found) }
            + wanted.queues.map { Self.item($0, found) }
            + wanted.bindings.map { Self.item($0, found) }
            + Self.unwanted(wanted, found)
    }

    /// What is not as it should be.
    public var differences: [Item] { items.filter { $0.state != .present } }

    /// Whether nothing needs a person: everything is there or can be declared beside what is there.
    public var canBeApplied: Bool {
        !items.contains(where: \.differs)
    }

    private static func item(_ exchange: Exchange, _ found: BrokerSnapshot) -> Item {
        guard let info = found.exchanges[exchange.name] else {
            return Item(kind: "exchange", name: exchange.name, state: .missing)
        }
        var differences: [Item.Difference] = []
        compare("type", exchange.kind.description, info.type, into: &differences)
        compare("durable", String(exchange.durable), String(info.durable), into: &differences)
        compare(exchange.arguments, info.arguments.values, into: &differences)
        return Item(
            kind: "exchange", name: exchange.name, state: differences.isEmpty ? .present : .differs(differences))
    }

    private static func item(_ queue: Queue, _ found: BrokerSnapshot) -> Item {
        guard let info = found.queues[queue.name] else {
            return Item(kind: "queue", name: queue.name, state: .missing)
        }
        var differences: [Item.Difference] = []
        compare("durable", String(queue.durable), String(info.durable), into: &differences)
        compare(queue.arguments, info.arguments.values, into: &differences)
        return Item(kind: "queue", name: queue.name, state: differences.isEmpty ? .present : .differs(differences))
    }

    private static func item(_ binding: Binding, _ found: BrokerSnapshot) -> Item {
        let (type, destination) = binding.destination.described
        let exists = found.bindings.contains {
            $0.source == binding.source && $0.destination == destination && $0.destinationType == type
                && $0.routingKey == binding.routingKey
        }
        let name = "\(binding.source) → \(destination) (\(binding.routingKey))"
        return Item(kind: "binding", name: name, state: exists ? .present : .missing)
    }

    /// Bindings of the wanted queues that nobody wants any more: a pattern that was taken out of a subscription.
    ///
    /// Whose reports go to the ledger is left out: a file that has only some of the offices knows nothing of the others.
    private static func unwanted(_ wanted: Topology, _ found: BrokerSnapshot) -> [Item] {
        let queues = Set(wanted.queues.map(\.name))
        let keys = Set(wanted.bindings.map { [$0.source, $0.destination.described.name, $0.routingKey] })
        return found.bindings.compactMap { binding in
            guard !binding.source.isEmpty, binding.source != BrokerName.receipts,
                binding.destinationType == "queue", queues.contains(binding.destination),
                !keys.contains([binding.source, binding.destination, binding.routingKey])
            else { return nil }
            let name = "\(binding.source) → \(binding.destination) (\(binding.routingKey))"
            return Item(kind: "binding", name: name, state: .unwanted)
        }
    }

    private static func compare(
        _ wanted: FieldTable,
        _ found: [String: FieldValue],
        into differences: inout [Item.Difference]
    ) {
        for name in Set(wanted.keys).union(found.keys).sorted() {
            compare(name, wanted[name]?.shown, found[name]?.shown, into: &differences)
        }
    }

    private static func compare(
        _ argument: String,
        _ wanted: String?,
        _ found: String?,
        into differences: inout [Item.Difference]
    ) {
        guard wanted != found else { return }
        differences.append(Item.Difference(argument: argument, wanted: wanted, found: found))
    }
}

extension Binding.Destination {
    /// The kind of object and its name, as the management API writes them.
    fileprivate var described: (type: String, name: String) {
        switch self {
        case .queue(let name): ("queue", name)
        case .exchange(let name): ("exchange", name)
        }
    }
}

extension FieldValue {
    /// An argument's value for people.
    fileprivate var shown: String {
        switch self {
        case .bool(let flag): String(flag)
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text
        default: "something else"
        }
    }
}

extension TopologyPlan.Item {
    /// Whether the object is there with other arguments.
    public var differs: Bool {
        if case .differs = state { true } else { false }
    }
}
