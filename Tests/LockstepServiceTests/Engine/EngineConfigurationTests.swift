import FoundationEssentials
import Lockstep
import RabbitMQ
import Testing

@testable import LockstepService

@Suite("What an engine takes for granted")
struct EngineConfigurationTests {
    private static func configuration(
        _ variables: [String: String], broker: SyncEngine.Broker = .local, origin: String? = nil, state: String? = nil
    ) throws -> Configuration {
        try EngineConfiguration.configuration(
            broker, origin: origin, state: state, program: "Permit Desk", host: "desk.example", variables: variables)
    }

    @Test("state is kept for the account and the program, where XDG says")
    func stateDirectory() throws {
        #expect(
            try Self.configuration(["HOME": "/home/ada"]).state.path == "/home/ada/.local/state/lockstep/Permit-Desk")
        #expect(
            try Self.configuration(["HOME": "/home/ada", "XDG_STATE_HOME": "/var/s"]).state.path
                == "/var/s/lockstep/Permit-Desk")
        #expect(
            try Self.configuration(["HOME": "/home/ada", "XDG_STATE_HOME": "s"]).state.path
                == "/home/ada/.local/state/lockstep/Permit-Desk")
        #expect(try Self.configuration([:], state: "/srv/engine").state.path == "/srv/engine")
        #expect(throws: LockstepError.self) { try Self.configuration([:]) }
        #expect(throws: LockstepError.self) { try Self.configuration(["HOME": "/home/ada"], state: "") }
    }

    @Test("programs and machines have origins of their own")
    func origin() throws {
        #expect(try Self.configuration(["HOME": "/"]).origin?.text == "Permit-Desk@desk-example")
        #expect(try Self.configuration(["HOME": "/"], origin: "core").origin?.text == "core")
        #expect(throws: LockstepError.self) { try Self.configuration(["HOME": "/"], origin: "") }
    }

    @Test("the broker on this machine is the one that was started, else the one that is installed")
    func broker() throws {
        let installed = try Self.configuration(["HOME": "/"]).broker.endpoints
        #expect(installed.map(\.host) == ["127.0.0.1"] && installed.map(\.port) == [5672])
        let started = try Self.configuration(["HOME": "/", "LOCKSTEP_BROKER_URL": "amqp://a:b@127.0.0.1:4711/"])
        #expect(started.broker.endpoints.map(\.port) == [4711])
        let named = try Self.configuration(
            ["HOME": "/", "LOCKSTEP_BROKER_URL": "amqp://a:b@127.0.0.1:4711/"],
            broker: .url("amqps://broker.example/"))
        #expect(named.broker.endpoints.map(\.host) == ["broker.example"])
        let error = #expect(throws: LockstepError.self) {
            try Self.configuration(["HOME": "/"], broker: .url("http://u:secret@x/"))
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("secret") == false)
    }
}
