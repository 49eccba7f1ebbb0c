import NIOCore
import NIOPosix

/// A TCP proxy between AMQP clients and a broker that does to their connections what networks do.
///
/// It listens on 127.0.0.1 and passes everything on to one broker. Faults are injected and healed while connections
/// are in use; each is for both ways or one, and for all connections or some. It reads the frames that pass, so that
/// faults can strike at a method and tests can wait for one:
///
/// ```swift
/// try await withFaultProxy(to: broker.amqpPort) { proxy in
///     let hold = await proxy.inject(.hold(.basicAck), .brokerToClient, on: .named("publishing"))
///     …
///     try await eventually("it was published and its confirm is held back") {
///         await proxy.arrived(.basicAck, .brokerToClient) == 1
///     }
///     await proxy.reset()
///     await proxy.heal(hold)
/// }
/// ```
///
/// All of it runs on one event loop, which is the actor's executor.
public actor FaultProxy {
    /// What happens to those who connect.
    enum Reception {
        case forwarded
        case silent
        case refused
    }

    /// The port on 127.0.0.1 where clients connect; it stays the same.
    public nonisolated let port: Int
    nonisolated let loop: any EventLoop
    let reservation: ReservedPort
    let target: (host: String, port: Int)
    let receiveBuffer: Int?

    var reception = Reception.refused
    var listener: (any Channel)?
    /// All that ever came, in order.
    var links: [FaultLink] = []
    var injections: [FaultRules.Injection] = []
    private var lastFault = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    init(to host: String, port: Int, receiveBuffer: Int?) throws {
        target = (host, port)
        self.receiveBuffer = receiveBuffer
        // Never shut down: an executor must not end before its last job.
        loop = MultiThreadedEventLoopGroup.singleton.next()
        let reservation = try ReservedPort()
        self.port = reservation.number
        self.reservation = reservation
    }

    /// Injects a fault; it stays until it is healed.
    ///
    /// - Parameters:
    ///   - direction: The way that it is on; without one it is on both.
    ///   - scope: Which connections it is on, also of those that come later.
    @discardableResult
    public func inject(
        _ fault: Fault, _ direction: FaultDirection? = nil, on scope: FaultScope = .all
    ) -> InjectedFault {
        lastFault += 1
        let name = InjectedFault(number: lastFault)
        injections.append(FaultRules.Injection(name: name, fault: fault, direction: direction, scope: scope))
        followRules()
        return name
    }

    /// Ends a fault; nothing happens where it has ended already.
    public func heal(_ fault: InjectedFault) {
        injections.removeAll { $0.name == fault }
        followRules()
    }

    /// Ends all faults, and lets everybody in again; connections that are closed stay so.
    ///
    /// - Throws: `IOError` where the proxy cannot listen again.
    public func heal() async throws {
        injections = []
        followRules()
        try await accept()
    }

    /// Whether a fault is neither healed nor, as a cut may be, spent.
    public func isInjected(_ fault: InjectedFault) -> Bool {
        injections.contains { $0.name == fault }
    }

    /// All connections that ever came, in order.
    public var connections: [ProxiedConnection] { links.map(\.snapshot) }

    /// How many frames of a method the proxy has read, whatever became of them.
    public func arrived(_ method: WireMethod, _ direction: FaultDirection, on scope: FaultScope = .all) -> Int {
        total(on: scope) { $0[direction].counts.arrived.methods[method] ?? 0 }
    }

    /// How many frames of a method have been passed on as a whole.
    public func passed(_ method: WireMethod, _ direction: FaultDirection, on scope: FaultScope = .all) -> Int {
        total(on: scope) { $0[direction].counts.passed.methods[method] ?? 0 }
    }

    private func total(on scope: FaultScope, _ count: (FaultLink) -> Int) -> Int {
        links.filter { scope.covers($0) }.map(count).reduce(0, +)
    }
}

extension FaultScope {
    func covers(_ link: FaultLink) -> Bool { covers(index: link.index, name: link.name) }
}
