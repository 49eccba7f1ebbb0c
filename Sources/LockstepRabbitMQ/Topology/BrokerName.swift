public import Lockstep

/// The names of Lockstep's objects in the broker; people read them in RabbitMQ's management.
public enum BrokerName {
    /// The topic exchange to which all events are published.
    public static let events = "lockstep.events"
    /// Where events go that no office wants: a fanout exchange and its queue.
    public static let unrouted = "lockstep.unrouted"
    /// The topic exchange in front of the waiting queues.
    public static let wait = "lockstep.wait"
    /// The topic exchange through which deliveries come back to their one office.
    public static let `return` = "lockstep.return"
    /// The direct exchange in front of the offices' dead-letter queues.
    public static let dead = "lockstep.dead"
    /// Where returning deliveries go whose office is gone: a fanout exchange and its queue.
    public static let unowned = "lockstep.dead.unowned"
    /// The direct exchange that takes what workers and publishers report, and what offices are asked and answer;
    /// the key is the office's name, or ``publications``, or ``controlKey(_:)``.
    public static let receipts = "lockstep.receipts"
    /// The routing key of what publishers report.
    public static let publications = "publications"
    /// The queue of all that was reported; also the key by which what cannot be read goes to the dead letters.
    public static let ledger = "lockstep.ledger"
    /// The queue of what was reported and cannot be read.
    public static let ledgerDeadLetters = "lockstep.ledger.dead"

    /// The stream of past events, where the configuration asks for one.
    public static let archive = "lockstep.archive"

    /// The queue in which deliveries wait for so long.
    public static func wait(_ delay: RetryDelay) -> String { "lockstep.wait.\(delay.name)" }

    /// An office's queue.
    public static func queue(of office: OfficeName) -> String { "lockstep.office.\(office)" }

    /// An office's dead-letter queue.
    public static func deadLetters(of office: OfficeName) -> String { "lockstep.office.\(office).dead" }

    /// The office whose dead-letter queue has this name; nil: it is none.
    static func office(ofDeadLetters queue: String) -> OfficeName? {
        let (prefix, suffix) = ("lockstep.office.", ".dead")
        guard queue.hasPrefix(prefix), queue.hasSuffix(suffix), queue.count > prefix.count + suffix.count else {
            return nil
        }
        return try? OfficeName(String(queue.dropFirst(prefix.count).dropLast(suffix.count)))
    }

    /// The queue of what is asked of an office; its name begins as its own queue's does, so that permissions for the one
    /// can hold for the other.
    public static func control(of office: OfficeName) -> String { "lockstep.office.\(office).control" }

    /// The queue whose one message says that an office is paused; it is empty while the office is not.
    public static func paused(_ office: OfficeName) -> String { "lockstep.office.\(office).paused" }

    /// The queue whose being there says that the hub's store has the office's subscription; nothing ever comes to it.
    public static func subscribed(_ office: OfficeName) -> String { "lockstep.office.\(office).subscribed" }

    /// The routing key of ``receipts`` that brings a question to one office.
    public static func controlKey(_ office: OfficeName) -> String { "control.\(office)" }

    /// The routing key of ``return`` that brings the state of a record to one office.
    public static func stateKey(_ office: OfficeName) -> String { "state.\(office)" }

    /// The pattern for all that ``return`` brings back to one office.
    static func returnPattern(_ office: OfficeName) -> String { "*.\(office)" }

    /// The routing key that brings a delivery back to one office after a delay.
    public static func waitKey(_ delay: RetryDelay, _ office: OfficeName) -> String { "\(delay.name).\(office)" }
}
