public import FoundationEssentials
public import Lockstep

/// What `lockstep.yaml`, the environment and the command line say together.
public struct Configuration: Sendable {
    /// The file that was read; nil: there was none, and the defaults hold.
    public var file: URL?
    /// How the broker is reached.
    public var broker = BrokerConfiguration()
    /// Who publishes from here; nil: nobody does unless the command says who.
    public var origin: Origin?
    /// The directory of all that is kept: replicas, clocks and the ledger.
    public var state: URL
    /// The core app's outbox.
    public var outbox = OutboxConfiguration()
    /// The offices: those of the file, in its order, then those of the hub's store, by name.
    public var offices: [Subscription] = []
    /// The offices that receive over HTTP, see ``Operations/receive(for:_:)``.
    public var receivers: [OfficeName: ReceiveConfiguration] = [:]
    /// How many past events are kept; nil: none are.
    public var archive: ArchiveConfiguration?
    /// What the hub's store says of the offices.
    public var stored = StoredOffices()
    /// What is kept of who has what.
    public var ledger = LedgerConfiguration()
    /// Which replica the offices are compared with, and when.
    public var reconcile = ReconcileConfiguration()
    /// How the hub is reached.
    public var hub = HubConfiguration()
    /// Where metrics are shown.
    public var metrics = MetricsConfiguration()
    /// What is refused for its size.
    public var limits = LimitsConfiguration()
    /// What is logged, and how.
    public var log = LogConfiguration()

    /// Defaults, with what is kept in a directory of the caller's choice.
    public init(state: URL) {
        self.state = state
    }
}
