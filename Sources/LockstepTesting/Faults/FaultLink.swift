import NIOCore

/// One client's connection through the proxy: a socket on either side, and a lane each way.
struct FaultLink {
    let index: Int
    let client: any Channel
    /// `nil` until the broker has accepted.
    var broker: (any Channel)?
    /// Whether the client talks to nobody.
    let isSilent: Bool
    var isClientOpen = true
    /// Whether it was thrown away, maybe before the broker was reached.
    var isReset = false
    /// Which ways have come to their end, also for the receiver.
    var ended: Set<FaultDirection> = []
    /// When each lane is looked at again.
    var wakeUps: [FaultDirection: ContinuousClock.Instant] = [:]
    /// From which sockets nothing is read.
    var paused: Set<FaultDirection> = Set(FaultDirection.allCases)
    private var lanes = [FaultLane(), FaultLane()]

    init(index: Int, client: any Channel, isSilent: Bool) {
        self.index = index
        self.client = client
        self.isSilent = isSilent
    }

    subscript(direction: FaultDirection) -> FaultLane {
        get { lanes[direction == .clientToBroker ? 0 : 1] }
        _modify { yield &lanes[direction == .clientToBroker ? 0 : 1] }
    }

    /// What the client calls the connection, once it has said so.
    var name: String? { self[.clientToBroker].connectionName }

    /// Who talks on this lane.
    func sender(_ direction: FaultDirection) -> (any Channel)? {
        direction == .clientToBroker ? client : broker
    }

    /// Who is talked to on this lane.
    func receiver(_ direction: FaultDirection) -> (any Channel)? {
        sender(direction.opposite)
    }

    var snapshot: ProxiedConnection {
        ProxiedConnection(
            index: index, name: name, isOpen: isClientOpen,
            clientToBroker: self[.clientToBroker].counts, brokerToClient: self[.brokerToClient].counts)
    }
}
