/// What one of the client's connections does over its lives; pure.
///
/// Tries the endpoints in turn. It waits when all of them failed, and after a connection that did not hold: a broker
/// that takes everybody in and drops them at once must not be stormed. What no retry mends ends it, but only
/// before the first connection and where every endpoint says so: later a password that is refused may be a broker
/// in the middle of a restart.
struct ClientStateMachine {
    /// Where it is.
    enum State: Sendable, Hashable {
        case connecting
        case ready
        case reconnecting
        case draining
        case stopped
    }

    /// What to do next.
    enum Action: Sendable {
        /// Connect to this endpoint.
        case connect(endpoint: Int)
        /// Wait as long as attempt `attempt` says, then ask ``next()``.
        case wait(attempt: Int)
        /// End with this error, or without one.
        case stop(RabbitMQError?)
    }

    private(set) var state = State.connecting
    private let endpoints: [Int]
    private var cursor = 0
    private var attempt = 0
    private var failuresInRound = 0
    private var permanentFailuresInRound = 0
    private var wasEverReady = false
    private(set) var isShuttingDown = false
    private var fatal: RabbitMQError?
    private var mustWait = false

    /// - Parameter endpoints: indices of the endpoints, in the order in which they are tried.
    init(endpoints: [Int]) {
        precondition(!endpoints.isEmpty, "A client needs at least one endpoint.")
        self.endpoints = endpoints
    }

    /// What to do, whenever nothing is going on.
    mutating func next() -> Action {
        if isShuttingDown || fatal != nil {
            state = .stopped
            return .stop(fatal)
        }
        if mustWait {
            mustWait = false
            attempt += 1
            return .wait(attempt: attempt)
        }
        return .connect(endpoint: endpoints[cursor % endpoints.count])
    }

    /// The connection is made and set up.
    mutating func connected() {
        // A connection that is ready only after the shutdown began brings nobody back.
        if !isShuttingDown { state = .ready }
        wasEverReady = true
        failuresInRound = 0
        permanentFailuresInRound = 0
    }

    /// The attempt failed, or the connection broke.
    ///
    /// - Parameter held: whether there was a connection that had held for a good while.
    mutating func failed(_ error: RabbitMQError, held: Bool) {
        cursor += 1
        guard !isShuttingDown else { return }
        if held { attempt = 0 }
        if state == .ready {
            state = .reconnecting
            // The next endpoint may be as good as the last one was: no reason to wait before it is tried.
            mustWait = endpoints.count == 1 || !held
            return
        }
        state = wasEverReady ? .reconnecting : .connecting
        failuresInRound += 1
        if error.code.isPermanent { permanentFailuresInRound += 1 }
        guard failuresInRound >= endpoints.count else { return }
        if permanentFailuresInRound == failuresInRound, !wasEverReady { fatal = error }
        failuresInRound = 0
        permanentFailuresInRound = 0
        mustWait = true
    }

    /// The client is to stop: a connection finishes what it has, and no new one is made.
    mutating func shutDown() {
        isShuttingDown = true
        if state != .stopped { state = state == .ready ? .draining : .stopped }
    }
}

extension RabbitMQError.Code {
    /// Whether trying again cannot help.
    var isPermanent: Bool {
        switch self {
        case .authenticationFailed, .accessRefused, .vhostNotFound, .tls, .configuration, .preconditionFailed,
            .invalidName, .headersTooLarge:
            true
        default: false
        }
    }
}
