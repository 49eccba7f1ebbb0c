import FoundationEssentials
import Glibc
import LockstepService
import LockstepTesting
import Logging
import Testing

@Suite("The private broker's operations", .timeLimit(.minutes(3)))
struct BrokerOperationsTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("a broker goes on after its starter, is found again or known to be dead, and ends when it is stopped")
    func lifecycle() async throws {
        try await withTemporaryDirectory { directory in
            let environment = ConfigurationEnvironment(
                variables: ["LOCKSTEP_STATE": "kept"], workingDirectory: directory)
            func operations() -> BrokerOperations {
                BrokerOperations(state: nil, environment: environment, logger: quiet)
            }
            #expect(try operations().status().running == false)
            #expect(try operations().status().amqp == nil)
            #expect(try operations().status().exports == "")
            #expect(try await operations().stop() == false)

            let started = try await operations().start()
            do {
                #expect(started.running)
                #expect(started.directory.hasSuffix("/kept/broker"))
                #expect(try operations().status() == started)
                #expect(try await operations().start() == started, "a second start changes nothing")
                #expect(started.exports.contains("LOCKSTEP_BROKER_URL='amqp://guest:guest@127.0.0.1:"))

                let pid = try #require(started.pid)
                kill(Int32(pid), SIGKILL)
                try await eventually { try !operations().status().running }
                let again = try await operations().start()
                #expect(again.pid != pid)
                #expect(again.amqp == started.amqp, "its ports are remembered")
            } catch {
                _ = try? await operations().stop()
                throw error
            }
            #expect(try await operations().stop())
            let stopped = try operations().status()
            #expect(!stopped.running && stopped.pid == nil)
            #expect(stopped.amqp == started.amqp, "its ports are remembered")
        }
    }
}
