public import Lockstep
public import RabbitMQ

/// Everything that Lockstep declares in the broker, as values.
public enum OfficeTopology {
    /// What all offices share, and what each of them has of its own.
    public static func complete(for subscriptions: [Subscription]) -> Topology {
        subscriptions.reduce(into: shared) { topology, subscription in
            topology.add(office(subscription))
        }
    }

    /// The exchanges, the waiting queues, and the queues for what nobody wants or owns.
    public static let shared = Topology(
        exchanges: [
            Exchange(
                name: BrokerName.events, kind: .topic, arguments: ["alternate-exchange": .string(BrokerName.unrouted)]),
            Exchange(name: BrokerName.unrouted, kind: .fanout),
            Exchange(name: BrokerName.wait, kind: .topic),
            Exchange(
                name: BrokerName.return, kind: .topic, arguments: ["alternate-exchange": .string(BrokerName.unowned)]),
            Exchange(name: BrokerName.dead, kind: .direct),
            Exchange(name: BrokerName.unowned, kind: .fanout),
            Exchange(name: BrokerName.receipts, kind: .direct),
        ],
        queues: [
            quorum(
                BrokerName.unrouted,
                ["x-max-length": 100_000, "x-overflow": "drop-head", "x-message-ttl": .int(7 * 86_400_000)]
            ),
            quorum(BrokerName.unowned),
            // Where no ledger runs, reports must not fill the disk.
            quorum(BrokerName.ledger, ["x-max-length-bytes": .int(1 << 30), "x-overflow": "reject-publish"]),
            quorum(BrokerName.ledgerDeadLetters),
        ] + RetryDelay.allCases.map(waitingQueue),
        bindings: [
            Binding(source: BrokerName.unrouted, destination: .queue(BrokerName.unrouted), routingKey: ""),
            Binding(source: BrokerName.unowned, destination: .queue(BrokerName.unowned), routingKey: ""),
            Binding(
                source: BrokerName.receipts, destination: .queue(BrokerName.ledger),
                routingKey: BrokerName.publications),
            // No office has a dot in its name.
            Binding(
                source: BrokerName.dead, destination: .queue(BrokerName.ledgerDeadLetters),
                routingKey: BrokerName.ledger),
        ]
            + RetryDelay.allCases.map { delay in
                Binding(
                    source: BrokerName.wait,
                    destination: .queue(BrokerName.wait(delay)),
                    routingKey: "\(delay.name).#"
                )
            }
    )

    /// An office's queue, dead-letter queue and control queue, bound to what it subscribes to and to its own way back, and the way of
    /// its reports to the ledger.
    public static func office(_ subscription: Subscription) -> Topology {
        let office = subscription.office
        let queue = BrokerName.queue(of: office)
        var arguments: FieldTable = [
            "x-dead-letter-exchange": .string(BrokerName.dead),
            "x-dead-letter-routing-key": .string(office.text),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-delivery-limit": 20,
            "x-single-active-consumer": true,
        ]
        if let limit = subscription.limit { arguments["x-max-length"] = .int(Int64(limit)) }
        return Topology(
            queues: [
                quorum(queue, arguments),
                self.deadLetters(of: office),
                // Whoever asked has long stopped waiting by then.
                quorum(
                    BrokerName.control(of: office),
                    [
                        "x-message-ttl": 60_000, "x-max-length": 100, "x-overflow": "drop-head",
                        "x-single-active-consumer": true,
                    ]),
                paused(office),
            ],
            bindings: subscription.events.map {
                Binding(source: BrokerName.events, destination: .queue(queue), routingKey: $0.text)
            } + [
                Binding(
                    source: BrokerName.return, destination: .queue(queue),
                    routingKey: BrokerName.returnPattern(office)),
                deaths(of: office),
                Binding(
                    source: BrokerName.receipts, destination: .queue(BrokerName.control(of: office)),
                    routingKey: BrokerName.controlKey(office)),
                reports(of: office),
            ]
        )
    }

    /// What is left of an office that was deleted: what still waits to be tried again comes back as a dead letter.
    static func remains(of office: OfficeName) -> Topology {
        Topology(queues: [deadLetters(of: office)], bindings: [deaths(of: office), lateDeaths(of: office)])
    }

    /// The way of what comes back to an office that was deleted; not to be there while the office is.
    static func lateDeaths(of office: OfficeName) -> Binding {
        Binding(
            source: BrokerName.return, destination: .queue(BrokerName.deadLetters(of: office)),
            routingKey: BrokerName.returnPattern(office))
    }

    /// Where it stands that an office is paused: for workers that do not see the hub's store, however long they were away.
    ///
    /// Nobody consumes from it: workers look whether there is a message. It is bound to nothing, so that only who may
    /// write to the default exchange can pause an office.
    static func paused(_ office: OfficeName) -> Queue {
        quorum(BrokerName.paused(office), ["x-max-length": 1, "x-overflow": "drop-head"])
    }

    /// What says that the hub's store has an office's subscription: a worker that does not see that store leaves the patterns
    /// as they are bound, whatever its own file says.
    ///
    /// By being there, and not by a message: it is looked at where queues are declared, by accounts that may read nothing.
    public static func subscribed(_ office: OfficeName) -> Queue {
        quorum(BrokerName.subscribed(office), ["x-max-length": 1, "x-overflow": "drop-head"])
    }

    private static func deadLetters(of office: OfficeName) -> Queue { quorum(BrokerName.deadLetters(of: office)) }

    private static func deaths(of office: OfficeName) -> Binding {
        Binding(
            source: BrokerName.dead, destination: .queue(BrokerName.deadLetters(of: office)), routingKey: office.text)
    }

    /// What all offices share, and the ways of these offices' reports to the ledger.
    public static func ledger(of offices: [OfficeName]) -> Topology {
        var topology = shared
        topology.bindings += offices.map(reports)
        return topology
    }

    /// The way of an office's reports to the ledger.
    static func reports(of office: OfficeName) -> Binding {
        Binding(source: BrokerName.receipts, destination: .queue(BrokerName.ledger), routingKey: office.text)
    }

    /// The queue in which deliveries of all offices wait for so long.
    ///
    /// On expiry the broker sends them, with the key they came with, to the
    /// exchange that knows the one office; at-least-once needs all three of the other arguments.
    private static func waitingQueue(_ delay: RetryDelay) -> Queue {
        quorum(
            BrokerName.wait(delay),
            [
                "x-message-ttl": .int(delay.duration.milliseconds),
                "x-dead-letter-exchange": .string(BrokerName.return),
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            ]
        )
    }

    private static func quorum(_ name: String, _ arguments: FieldTable = [:]) -> Queue {
        var arguments = arguments
        arguments["x-queue-type"] = "quorum"
        return Queue(name: name, arguments: arguments)
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
