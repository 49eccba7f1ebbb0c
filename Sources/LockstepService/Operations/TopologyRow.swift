import LockstepRabbitMQ

/// One object of the topology and how it stands in the broker.
public struct TopologyRow: TableRow, Hashable {
    /// An argument that is other than wanted.
    public struct Difference: Encodable, Sendable, Hashable {
        /// Its name.
        public var argument: String
        /// What is wanted; null: that it is not set.
        @OrNull public var wanted: String?
        /// What the broker has; null: it is not set.
        @OrNull public var found: String?
    }

    /// `exchange`, `queue` or `binding`.
    public var kind: String
    /// Its name.
    public var name: String
    /// `present`, `missing` (apply declares it), `differs` (only a migration helps), `unwanted` (it is left alone) or
    /// `removed` (apply has deleted it: it was left of an office that is gone, and empty).
    public var state: String
    /// Which arguments differ, where `state` is `differs`.
    public var differences: [Difference]

    init(_ item: TopologyPlan.Item) {
        kind = item.kind
        name = item.name
        differences = []
        switch item.state {
        case .present: state = "present"
        case .missing: state = "missing"
        case .unwanted: state = "unwanted"
        case .differs(let found):
            state = "differs"
            differences = found.map { Difference(argument: $0.argument, wanted: $0.wanted, found: $0.found) }
        }
    }

    /// The dead-letter queue of an office that is gone.
    init(removed queue: String) {
        (kind, name, state, differences) = ("queue", queue, "removed", [])
    }

    /// Whether something is to be done about it.
    public var isDifferent: Bool { state != "present" }

    public static let columns: [TableColumn<TopologyRow>] = [
        .text("STATE") { $0.state },
        .text("KIND") { $0.kind },
        .text("NAME") { $0.name },
        .text("DIFFERENCES", isFlexible: false) { row in
            row.differences
                .map { "\($0.argument): \($0.found ?? "not set") instead of \($0.wanted ?? "not set")" }
                .joined(separator: "; ")
        },
    ]
}
