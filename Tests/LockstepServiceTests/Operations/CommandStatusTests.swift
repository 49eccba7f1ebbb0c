import Lockstep
import RabbitMQ
import Testing

@testable import LockstepService

@Suite("Exit status")
struct CommandStatusTests {
    static let errors: [(error: any Error, status: CommandStatus)] = [
        (ConfigurationError(problems: []), .configuration),
        (LockstepError(.invalidConfiguration, ""), .configuration),
        (LockstepError(.notFound, ""), .usage),
        (LockstepError(.brokerUnavailable, ""), .unavailable),
        (LockstepError(.storeCorrupt, ""), .failure),
        (LockstepError(.topologyMismatch, ""), .attention),
        (RabbitMQError(.connectionRefused, ""), .unavailable),
        (RabbitMQError(.protocolViolation, ""), .failure),
        (CancellationError(), .interrupted),
    ]

    @Test("an error has a status", arguments: errors.indices)
    func status(_ index: Int) {
        #expect(CommandStatus(Self.errors[index].error) == Self.errors[index].status)
    }

    @Test("the help names every status")
    func help() {
        for status in CommandStatus.allCases {
            #expect(CommandStatus.help.contains("\n  \(status.rawValue) "))
        }
    }

    @Test("every mistake in a configuration is a line, any other error is one; a reason is always in one line")
    func errorText() {
        let problems = [
            ConfigurationProblem(source: "a.yaml", line: 1, column: 2, message: "x"),
            ConfigurationProblem(source: "LOCKSTEP_STATE", message: "y"),
        ]
        #expect(
            ErrorText.text(ConfigurationError(problems: problems))
                == "lockstep: a.yaml:1:2: x\nlockstep: LOCKSTEP_STATE: y\n")
        #expect(ErrorText.reason(ConfigurationError(problems: problems)) == "a.yaml:1:2: x; LOCKSTEP_STATE: y")
        #expect(ErrorText.reason(LockstepError(.notFound, "no such office")) == "no such office")
        #expect(ErrorText.text(LockstepError(.notFound, "no such office")) == "lockstep: no such office\n")
        #expect(
            ErrorText.text(RabbitMQError(.tls, "untrusted", underlying: LockstepError(.clock, "c")))
                == "lockstep: untrusted\n")
    }
}
