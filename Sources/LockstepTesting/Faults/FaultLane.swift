/// One way through one connection: what arrives, what the faults make of it, and what departs; pure.
///
/// Everything runs through the same stations: cut into frames, dropped or held, counted down to a cut, delayed.
struct FaultLane {
    /// How a lane ends.
    enum Ending: Hashable {
        /// The sender has closed its side in good order.
        case finished
        /// The sender is gone.
        case reset
        /// This fault has cut it.
        case cut(InjectedFault)
    }

    /// What is to be done at the receiver's side.
    enum Departure: Hashable {
        case bytes([UInt8])
        case ending(Ending)
    }

    /// What is on its way.
    ///
    /// Not private: the compiler (6.3.1) then loses the type where lanes are copied.
    enum Item {
        case piece([UInt8], completing: WireMethod?)
        case ending(Ending)
    }

    /// More than this on its way makes the sender wait.
    private static let mostOnTheWay = 1024 * 1024
    /// Into how many parts a second of bandwidth is cut, so that bytes trickle.
    private static let partsPerSecond = 20

    /// What was counted.
    private(set) var counts = ProxiedStream()
    /// What the client called the connection, where this lane has heard it.
    private(set) var connectionName: String?
    /// Whether its ending is on the way; what arrives after it is lost.
    private(set) var isOver = false
    /// Whether bytes are missing in the middle.
    private(set) var hasLostBytes = false

    private var rules = FaultRules()
    private var stream = FrameStream()
    private var gate = MethodGate()
    private var cuts = CutCounter()
    private var line = DelayLine<Item>()

    /// Whether the sender is to be read.
    var isReading: Bool { isOver || (!rules.isFrozen && line.bytes < Self.mostOnTheWay) }

    /// When something departs next.
    var nextDue: ContinuousClock.Instant? { rules.isFrozen ? nil : line.nextDue }

    /// Takes in what the sender sent.
    mutating func receive(_ bytes: [UInt8], at now: ContinuousClock.Instant) {
        counts.arrived.bytes += bytes.count
        guard !isOver else { return }
        guard !rules.isSwallowing else {
            hasLostBytes = true
            return
        }
        for piece in stream.take(bytes) {
            if let method = piece.frame?.method { counts.arrived.methods[method, default: 0] += 1 }
            if let name = piece.frame?.connectionName { connectionName = name }
            for passed in gate.pass(piece, rules.gates) { dispatch(passed, at: now) }
        }
    }

    /// Takes in that the sender has ended.
    mutating func end(_ ending: Ending, at now: ContinuousClock.Instant) {
        guard !isOver else { return }
        guard !rules.isSwallowing else {
            hasLostBytes = true
            return
        }
        if let rest = stream.takeRest() { dispatch(rest, at: now) }
        append(ending, at: now)
    }

    /// Ends it here: nothing arrives or departs any more.
    mutating func abandon() {
        isOver = true
        line.removeAll()
    }

    /// Lives with these faults from now on.
    mutating func follow(_ rules: FaultRules, at now: ContinuousClock.Instant) {
        let old = self.rules
        self.rules = rules
        line.pace = DelayLine.Pace(latency: rules.latency, bytesPerSecond: rules.bytesPerSecond)
        for gate in old.gates where gate.isHeld && !rules.gates.contains(gate) {
            for piece in self.gate.release(gate.fault) { dispatch(piece, at: now) }
        }
        for cut in rules.cuts where cut.bytes == 0 && cut.method == nil { append(.cut(cut.fault), at: now) }
    }

    /// What departs now.
    mutating func depart(at now: ContinuousClock.Instant) -> [Departure] {
        guard !rules.isFrozen else { return [] }
        var departures: [Departure] = []
        var bytes: [UInt8] = []
        for item in line.takeDue(at: now) {
            switch item {
            case .piece(let part, let method):
                bytes += part
                counts.passed.bytes += part.count
                if let method { counts.passed.methods[method, default: 0] += 1 }
            case .ending(let ending):
                if !bytes.isEmpty { departures.append(.bytes(bytes)) }
                return departures + [.ending(ending)]
            }
        }
        return bytes.isEmpty ? [] : [.bytes(bytes)]
    }

    /// Sends a piece on its way, or as much of it as a cut lets through.
    private mutating func dispatch(_ piece: FrameStream.Piece, at now: ContinuousClock.Instant) {
        guard !isOver else { return }
        guard let strike = cuts.pass(piece, rules.cuts) else {
            return append(piece.bytes[...], completing: piece.frame?.method, at: now)
        }
        let isWhole = strike.bytes == piece.bytes.count
        append(piece.bytes[..<strike.bytes], completing: isWhole ? piece.frame?.method : nil, at: now)
        append(.cut(strike.fault), at: now)
    }

    private mutating func append(
        _ bytes: ArraySlice<UInt8>, completing method: WireMethod?, at now: ContinuousClock.Instant
    ) {
        let most = rules.bytesPerSecond.map { max(1, $0 / Self.partsPerSecond) } ?? bytes.count
        var rest = bytes
        while rest.count > most {
            line.append(.piece(Array(rest.prefix(most)), completing: nil), bytes: most, at: now)
            rest = rest.dropFirst(most)
        }
        guard !rest.isEmpty else { return }
        line.append(.piece(Array(rest), completing: method), bytes: rest.count, at: now)
    }

    private mutating func append(_ ending: Ending, at now: ContinuousClock.Instant) {
        guard !isOver else { return }
        line.append(.ending(ending), bytes: 0, at: now)
        isOver = true
    }
}
