/// An office as the broker sees it.
public struct OfficeRow: TableRow, Hashable {
    /// Its name.
    public var office: String
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

    public static let columns: [TableColumn<OfficeRow>] = [
        .text("OFFICE") { $0.office },
        .number("READY") { $0.ready },
        .number("UNACKED") { $0.unacknowledged },
        .number("WAITING") { $0.waiting },
        .number("DEAD") { $0.dead },
        .number("CONSUMERS") { $0.consumers },
        .quantity("IN/S") { NumberText.rate($0.rateIn) },
        .quantity("OUT/S") { NumberText.rate($0.rateOut) },
        .text("BREAKER", isFlexible: true) { $0.breaker?.text ?? "-" },
    ]
}
