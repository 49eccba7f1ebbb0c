/// What all the faults on one way of a connection come to.
struct FaultRules: Hashable {
    /// A fault, and where it is.
    struct Injection: Hashable {
        let name: InjectedFault
        let fault: Fault
        /// `nil` is both.
        let direction: FaultDirection?
        let scope: FaultScope
    }

    private(set) var latency = Duration.zero
    private(set) var bytesPerSecond: Int?
    private(set) var isFrozen = false
    private(set) var isSwallowing = false
    private(set) var gates: [MethodGate.Rule] = []
    private(set) var cuts: [CutCounter.Rule] = []

    /// No faults.
    init() {}

    /// Those that concern this way of this connection.
    init(_ injections: [Injection], _ direction: FaultDirection, index: Int, name: String?) {
        for injection in injections where injection.scope.covers(index: index, name: name) {
            guard injection.direction == nil || injection.direction == direction else { continue }
            add(injection)
        }
    }

    private mutating func add(_ injection: Injection) {
        switch injection.fault.kind {
        case .latency(let time):
            latency += time
        case .bandwidth(let most):
            bytesPerSecond = min(most, bytesPerSecond ?? .max)
        case .freeze:
            isFrozen = true
        case .swallow:
            isSwallowing = true
        case .cut(let bytes, let method):
            cuts.append(CutCounter.Rule(fault: injection.name, bytes: bytes, method: method))
        case .drop(let method):
            gates.append(MethodGate.Rule(fault: injection.name, method: method, isHeld: false))
        case .hold(let method):
            gates.append(MethodGate.Rule(fault: injection.name, method: method, isHeld: true))
        }
    }
}
