import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random networks and shutdowns: a client that is not stopped goes on trying, and one that is never does anything.
struct ClientStateMachineSimulationTests {
    @Test
    func goesOnUntilItIsStopped() throws {
        try forEachSeed(10_000) { _, generator in
            var client = ModelClient(using: &generator)
            for _ in 0..<Int.random(in: 20...60, using: &generator) {
                if generator.chance(0.02) { client.shutDown() }
                try client.step(using: &generator)
                try client.check()
            }
            client.shutDown()
            try client.checkThatItStaysStopped(using: &generator)
        }
    }
}

/// What a connection does with its machine, and what it may expect of it.
private struct ModelClient {
    private enum Place {
        case idle
        case connecting(endpoint: Int)
        case connected
        case stopped
    }

    private var machine: ClientStateMachine
    private let endpoints: [Int]
    private let permanent: Double
    private var place = Place.idle
    private var isShuttingDown = false
    private var wasEverReady = false
    private var waits = 0
    /// The endpoints tried in vain since the last wait or success, and how many of them for good.
    private var tried: [Int] = []
    private var triedForGood = 0
    /// Whether the connection that has just broken had held for a while; `nil` where none has just broken.
    private var brokeAfterHolding: Bool?
    private var hasJustWaited = false

    init(using generator: inout SeededGenerator) {
        endpoints = (0..<Int.random(in: 1...4, using: &generator)).shuffled(using: &generator)
        machine = ClientStateMachine(endpoints: endpoints)
        permanent = [0, 0.3, 0.9].randomElement(using: &generator) ?? 0
    }

    mutating func step(using generator: inout SeededGenerator) throws {
        switch place {
        case .idle: try askForNext()
        case .connecting(let endpoint):
            if generator.chance(0.35) {
                machine.connected()
                (place, wasEverReady) = (.connected, true)
                (tried, triedForGood) = ([], 0)
            } else {
                fail(endpoint, isPermanent: generator.chance(permanent))
            }
        case .connected:
            if isShuttingDown, generator.chance(0.5) {
                // It was closed as it should be: no error.
                place = .idle
            } else {
                let held = generator.chance(0.5)
                machine.failed(RabbitMQError(.connectionLost, "lost"), held: held)
                if held, !isShuttingDown { waits = 0 }
                (place, brokeAfterHolding) = (.idle, held)
            }
        case .stopped: try askForNext()
        }
    }

    private mutating func fail(_ endpoint: Int, isPermanent: Bool) {
        machine.failed(RabbitMQError(isPermanent ? .authenticationFailed : .connectionRefused, "failed"), held: false)
        tried.append(endpoint)
        // What fails during a shutdown is no reason to end with an error.
        if isPermanent, !isShuttingDown { triedForGood += 1 }
        place = .idle
    }

    private mutating func askForNext() throws {
        defer { brokeAfterHolding = nil }
        let isRoundOver = tried.count == endpoints.count
        switch machine.next() {
        case .connect(let endpoint):
            try demand(!isShuttingDown && !isRoundOver, "a round that failed is followed by a wait")
            try demand(endpoints.contains(endpoint) && !tried.contains(endpoint), "each endpoint once in a round")
            try demand(brokeAfterHolding ?? true, "it did not hold")
            try demand(endpoints.count > 1 || brokeAfterHolding == nil, "the only endpoint has just broken")
            place = .connecting(endpoint: endpoint)
            hasJustWaited = false
        case .wait(let attempt):
            try demand(!isShuttingDown && !hasJustWaited, "one wait is enough")
            let isOnlyOne = endpoints.count == 1 && brokeAfterHolding != nil
            try demand(isRoundOver || isOnlyOne || brokeAfterHolding == false, "there is more to try")
            waits += 1
            try demand(attempt == waits, "counted since the last connection that held")
            (tried, triedForGood, hasJustWaited) = ([], 0, true)
        case .stop(let error):
            let isHopeless = isRoundOver && triedForGood == endpoints.count && !wasEverReady
            try demand(isShuttingDown || isHopeless)
            try demand((error != nil) == isHopeless)
            place = .stopped
        }
    }

    mutating func shutDown() {
        machine.shutDown()
        isShuttingDown = true
    }

    /// What it says of itself fits with where it is.
    func check() throws {
        let expected: [ClientStateMachine.State] =
            switch place {
            case .stopped: [.stopped]
            case _ where isShuttingDown: [.draining, .stopped]
            case .connected: [.ready]
            case .idle, .connecting: wasEverReady ? [.reconnecting] : [.connecting]
            }
        try demand(expected.contains(machine.state), "\(place): \(machine.state)")
    }

    /// Whatever else happens, a machine that is shut down only ever stops.
    mutating func checkThatItStaysStopped(using generator: inout SeededGenerator) throws {
        for _ in 0..<8 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: machine.connected()
            case 1: machine.failed(RabbitMQError(.connectionLost, "lost"), held: false)
            case 2: machine.shutDown()
            default:
                guard case .stop = machine.next() else { throw GoesOn() }
                try demand(machine.state == .stopped)
                place = .stopped
            }
            try check()
        }
    }

    private struct GoesOn: Error {}
}
