import Lockstep

/// A subscription in a list.
public struct SubscriptionRow: TableRow, Hashable {
    /// The office's name.
    public var office: String
    /// `declared`: it stands in the file; `made`: by `lockstep subscriptions` or the hub; `deleting`: that is under way.
    public var kind: String
    /// Its patterns.
    public var events: [String]
    /// `worker`, or scheme, host and port that its changes are posted to: what follows may hold a secret.
    public var delivery: String
    /// Whether it is told nothing for now.
    public var paused: Bool
    /// Since when (RFC 3339); null: it is not paused.
    @OrNull public var pausedSince: String?
    /// Who paused it; null: it is not paused.
    @OrNull public var pausedBy: String?
    /// Why; null: it is not paused, or nobody said so.
    @OrNull public var pausedReason: String?
    /// `operator`, `gone`, `deletion` or `migration`; null: it is not paused.
    @OrNull public var pauseCause: String?

    init(_ subscription: Subscription, in configuration: Configuration, isLeaving: Bool = false) {
        office = subscription.office.text
        kind = isLeaving ? "deleting" : configuration.isDeclared(subscription.office) ? "declared" : "made"
        events = subscription.events.map(\.text)
        delivery = subscription.callback?.place ?? "worker"
        paused = false
        set(configuration.stored.pauses[subscription.office])
    }

    private mutating func set(_ pause: OfficePause?) {
        paused = pause != nil
        pausedSince = pause?.since.rfc3339
        pausedBy = pause?.person
        pausedReason = pause?.reason
        pauseCause = pause?.cause.description
    }

    public static let columns: [TableColumn<SubscriptionRow>] = [
        .text("OFFICE") { $0.office },
        .text("KIND") { $0.kind },
        .text("EVENTS", isFlexible: true) { $0.events.joined(separator: ", ") },
        .text("DELIVERY", isFlexible: true) { $0.delivery },
        .text("PAUSED") { $0.pausedSince ?? "-" },
        .text("BY") { $0.pausedBy ?? "-" },
        .text("WHY", isFlexible: true) { $0.pausedReason ?? "-" },
    ]
}
