import Glibc
import LockstepService
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@Suite("Running services", .timeLimit(.minutes(1)))
struct ServiceRunnerTests {
    /// Runs until it is asked to stop, and remembers that it was.
    private final class Patient: Service {
        let wasStopped = Mutex(false)

        func run() async throws {
            try await gracefulShutdown()
            wasStopped.withLock { $0 = true }
        }
    }

    private struct Failing: Error {}

    @Test("what stands beside the work is stopped after it, and the work's result comes back")
    func resultComesBack() async throws {
        let beside = Patient()
        let result = try await ServiceRunner.run(beside: [beside], logger: Logger(label: "test")) { 42 }
        #expect(result == 42)
        #expect(beside.wasStopped.withLock { $0 })
    }

    @Test("what the work throws comes back, after what stands beside it was stopped")
    func errorComesBack() async {
        let beside = Patient()
        await #expect(throws: Failing.self) {
            try await ServiceRunner.run(beside: [beside], logger: Logger(label: "test")) { throw Failing() }
        }
        #expect(beside.wasStopped.withLock { $0 })
    }

    @Test("where one service ends, the others are asked to")
    func oneEndsAll() async throws {
        struct Short: Service { func run() async throws {} }
        let patient = Patient()
        try await ServiceRunner.run([patient, Short()], logger: Logger(label: "test"))
        #expect(patient.wasStopped.withLock { $0 })
    }

    @Test("the first signal stops services in good order", arguments: [SIGTERM, SIGINT])
    func firstSignal(_ number: Int32) async {
        await #expect(processExitsWith: .exitCode(7)) { [number] in
            struct Signalling: Service {
                let number: Int32
                func run() async throws {
                    kill(getpid(), number)
                    try await gracefulShutdown()
                }
            }
            try await ServiceRunner.run([Signalling(number: number)], logger: Logger(label: "test"))
            exit(7)
        }
    }

    @Test("asked again, the process ends at once", arguments: [SIGTERM, SIGINT])
    func secondSignal(_ number: Int32) async {
        await #expect(processExitsWith: .exitCode(128 + number)) { [number] in
            struct Stubborn: Service {
                let number: Int32
                func run() async throws {
                    kill(getpid(), number)
                    try await gracefulShutdown()
                    // Deaf to everything else. Dispatch can lose a signal that reaches a thread which is not its own:
                    // it raises it again on that thread, where nobody reads it. Then the next one is the second.
                    for _ in 0..<100 {
                        kill(getpid(), number)
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                    exit(1)
                }
            }
            try await ServiceRunner.run([Stubborn(number: number)], logger: Logger(label: "test"))
        }
    }

    @Test("a signal cancels work, which is then no error where it waits for that")
    func signalCancels() async {
        await #expect(processExitsWith: .exitCode(9)) {
            try await ServiceRunner.untilAsked(logger: Logger(label: "test")) {
                kill(getpid(), SIGTERM)
                try await Task.sleep(for: .seconds(3_600))
            }
            exit(9)
        }
    }
}
