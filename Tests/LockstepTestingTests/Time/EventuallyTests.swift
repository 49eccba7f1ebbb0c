import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EventuallyTests {
    @Test func looksAgainUntilTheConditionHolds() async throws {
        var looks = 0
        try await eventually(every: .milliseconds(1)) {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test func saysWhatItWaitedFor() async throws {
        let failure = await #expect(throws: NeverHappened.self) {
            try await eventually("the queue is empty", within: .milliseconds(20)) { false }
        }
        #expect(failure?.description.contains("until the queue is empty") == true)
        #expect(failure?.description.contains("EventuallyTests.swift") == true)
    }

    @Test func endsWithWhatTheConditionThrows() async throws {
        await #expect(throws: CancellationError.self) {
            try await eventually { throw CancellationError() }
        }
    }
}
