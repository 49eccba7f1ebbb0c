/// Which way bytes go through a ``FaultProxy``.
public enum FaultDirection: Sendable, Hashable, CaseIterable {
    /// What the client says.
    case clientToBroker
    /// What the broker says.
    case brokerToClient

    /// The other way.
    var opposite: FaultDirection { self == .clientToBroker ? .brokerToClient : .clientToBroker }
}
