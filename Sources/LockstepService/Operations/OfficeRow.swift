import Lockstep

/// An office as the broker sees it.
public struct OfficeRow: TableRow, Hashable {
    /// Its name.
    public var office: String
    /// `declared`: it stands in the file; `made`: by `lockstep subscriptions` or the hub.
    public var kind = "declared"
    /// How many deliveries its queue may have before somebody has to look.
    public var alarm = Subscription.usualAlarm
    /// How many deliveries its queue takes; null: as many as come.
    @OrNull public var limit: Int?
    /// Since when it is paused, by whom and why; null: it is not.
    @OrNull public var paused: PauseValue?
    /// Deliveries that its worker has not been handed yet; null: the broker does not say yet.
    @OrNull public var ready: Int?
    /// Deliveries that its worker has and has not settled.
    @OrNull public var unacknowledged: Int?
    /// Deliveries that failed and wait for their next try.
    @OrNull public var waiting: Int?
    /// Deliveries that were given up.
    @OrNull public var dead: Int?
    /// Workers, standbys included; 0: nobody works.
    @OrNull public var consumers: Int?
    /// Events that come in, a second.
    public var rateIn: Double
    /// Deliveries that are settled, a second.
    public var rateOut: Double
    /// Whether its worker tries, and why not; null: nobody works, or on another machine.
    @OrNull public var breaker: OfficeBreaker?

    /// An office.
    public init(
        office: String,
        ready: Int?,
        unacknowledged: Int?,
        waiting: Int?,
        dead: Int?,
        consumers: Int?,
        rateIn: Double,
        rateOut: Double,
        breaker: OfficeBreaker? = nil
    ) {
        self.office = office
        self.ready = ready
        self.unacknowledged = unacknowledged
        self.waiting = waiting
        self.dead = dead
        self.consumers = consumers
        self.rateIn = rateIn
        self.rateOut = rateOut
        self.breaker = breaker
    }

    /// How full its queue is.
    private var queueWord: String {
        ready.map { QueueAlarms.Level.text(waiting: $0, alarm: alarm, limit: limit) } ?? "-"
    }

    public static let columns: [TableColumn<OfficeRow>] = [
        .text("OFFICE") { $0.office },
        .number("READY") { $0.ready },
        .number("UNACKED") { $0.unacknowledged },
        .number("WAITING") { $0.waiting },
        .number("DEAD") { $0.dead },
        .number("CONSUMERS") { $0.consumers },
        .quantity("IN/S") { NumberText.rate($0.rateIn) },
        .quantity("OUT/S") { NumberText.rate($0.rateOut) },
        .text("KIND") { $0.kind },
        .text("QUEUE") { $0.queueWord },
        .text("PAUSED", isFlexible: true) { $0.paused?.text ?? "-" },
        .text("BREAKER", isFlexible: true) { $0.breaker?.text ?? "-" },
    ]
}

/// An office's pause as lists show it.
public struct PauseValue: Encodable, Sendable, Hashable {
    /// Since when (RFC 3339).
    public var since: String
    /// Who paused it.
    public var by: String
    /// Why; null: nobody said so.
    @OrNull public var reason: String?
    /// `operator`, `gone`, `deletion` or `migration`.
    public var cause: String

    init(_ pause: OfficePause) {
        since = pause.since.rfc3339
        by = pause.person
        reason = pause.reason
        cause = pause.cause.description
    }

    var text: String { "since \(since) by \(by) (\(cause))" + (reason.map { ": \($0)" } ?? "") }
}
