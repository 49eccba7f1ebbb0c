import LockstepTesting
import Testing

@testable import RabbitMQ

struct ClientStateMachineTests {
    private let refused = RabbitMQError(.connectionRefused, "refused")
    private let password = RabbitMQError(.authenticationFailed, "password")

    /// What `next()` says, in a word.
    private func next(_ machine: inout ClientStateMachine) -> String {
        switch machine.next() {
        case .connect(let endpoint): "connect \(endpoint)"
        case .wait(let attempt): "wait \(attempt)"
        case .stop(let error): error.map { "stop \($0.code)" } ?? "stop"
        }
    }

    @Test
    func triesAllEndpointsBeforeItWaits() {
        var machine = ClientStateMachine(endpoints: [2, 0, 1])
        var steps: [String] = []
        for _ in 0..<8 {
            let step = next(&machine)
            steps.append(step)
            if step.hasPrefix("connect") { machine.failed(refused, held: false) }
        }
        #expect(
            steps == [
                "connect 2", "connect 0", "connect 1", "wait 1", "connect 2", "connect 0", "connect 1", "wait 2",
            ])
    }

    @Test
    func whatNoRetryMendsEndsItAtOnce() {
        var machine = ClientStateMachine(endpoints: [0])
        _ = machine.next()
        machine.failed(password, held: false)
        #expect(next(&machine) == "stop authenticationFailed")
        #expect(machine.state == .stopped)
    }

    @Test
    func oneEndpointThatMayComeBackKeepsItGoing() {
        var machine = ClientStateMachine(endpoints: [0, 1])
        _ = machine.next()
        machine.failed(password, held: false)
        _ = machine.next()
        machine.failed(refused, held: false)
        #expect(next(&machine) == "wait 1")
    }

    @Test
    func afterAConnectionNothingIsFinal() {
        var machine = ClientStateMachine(endpoints: [0])
        _ = machine.next()
        machine.connected()
        #expect(machine.state == .ready)
        machine.failed(refused, held: true)
        #expect(machine.state == .reconnecting)
        #expect(next(&machine) == "wait 1")
        _ = machine.next()
        machine.failed(password, held: false)
        #expect(next(&machine) == "wait 2", "a broker in the middle of a restart may not know its users yet")
    }

    @Test
    func aBrokenConnectionTriesTheNextEndpointAtOnce() {
        var machine = ClientStateMachine(endpoints: [0, 1])
        _ = machine.next()
        machine.connected()
        machine.failed(refused, held: true)
        #expect(next(&machine) == "connect 1")
    }

    @Test
    func aBrokerThatDropsEverybodyIsNotStormed() {
        var machine = ClientStateMachine(endpoints: [0, 1])
        for attempt in 1...3 {
            _ = machine.next()
            machine.connected()
            machine.failed(refused, held: false)
            #expect(next(&machine) == "wait \(attempt)", "a connection that did not hold proves nothing")
        }
        _ = machine.next()
        machine.connected()
        machine.failed(refused, held: true)
        _ = machine.next()
        machine.connected()
        machine.failed(refused, held: false)
        #expect(next(&machine) == "wait 1", "one that held ends the old trouble")
    }

    @Test
    func shuttingDownDrainsWhatIsThereAndConnectsNoMore() {
        var machine = ClientStateMachine(endpoints: [0])
        _ = machine.next()
        machine.connected()
        machine.shutDown()
        #expect(machine.state == .draining)
        #expect(next(&machine) == "stop")

        var unconnected = ClientStateMachine(endpoints: [0])
        unconnected.shutDown()
        #expect(next(&unconnected) == "stop")
    }

    /// Over random histories: it never spins without a wait, and after a shutdown it ends.
    @Test
    func neverSpins() throws {
        try forEachSeed(2_000) { _, generator in
            let count = Int.random(in: 1...4, using: &generator)
            var machine = ClientStateMachine(endpoints: Array(0..<count))
            var failuresInARow = 0
            for _ in 0..<60 {
                switch machine.next() {
                case .wait: failuresInARow = 0
                case .stop: return
                case .connect(let endpoint):
                    try #require((0..<count).contains(endpoint))
                    let isConnected = generator.chance(0.4)
                    if isConnected {
                        machine.connected()
                        failuresInARow = 0
                    }
                    machine.failed(
                        generator.chance(0.3) ? password : refused, held: isConnected && generator.chance(0.5))
                    failuresInARow += 1
                    try #require(failuresInARow <= count + 1)
                }
            }
            machine.shutDown()
            guard case .stop = machine.next() else { throw SpinsForEver() }
        }
    }

    private struct SpinsForEver: Error {}
}
