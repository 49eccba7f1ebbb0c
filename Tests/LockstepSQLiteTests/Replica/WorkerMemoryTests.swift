import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WorkerMemoryTests {
    private static func waiting(_ numbers: ClosedRange<Int>) throws -> [WaitingEvent] {
        try numbers.map { number in
            WaitingEvent(
                id: try EventID("e-\(number)"),
                version: Version(reading: ClockReading(UInt64(number)), origin: try Origin("core-hall/1")),
                due: Timestamp(microseconds: 1_720_000_030_000_001))
        }
    }

    @Test func whatWaitsIsFoundInItsOrderWhenTheFileIsOpenedAgain() async throws {
        try await withTemporaryDirectory { directory in
            let (deck, shed) = (try Subject("permit/deck"), try Subject("permit/shed"))
            let first = try Sample.replica(directory)
            #expect(try await first.waitingEvents().isEmpty)
            try await first.setWaiting([deck: try Self.waiting(1...12), shed: try Self.waiting(20...20)])
            try await first.setWaiting([deck: try Self.waiting(2...12)])
            try first.close()
            let second = try Sample.replica(directory)
            #expect(
                try await second.waitingEvents() == [
                    deck: try Self.waiting(2...12), shed: try Self.waiting(20...20),
                ])
            try await second.setWaiting([deck: [], shed: []])
            #expect(try await second.waitingEvents().isEmpty)
        }
    }

    @Test func howTheBreakerStandsIsReadBesideTheWorker() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let reader = try OfficeReader(path: Sample.file(directory))
            #expect(try await reader.breaker() == nil)
            let since = Timestamp(microseconds: 1_720_000_000_000_000)
            let open = BreakerReport(
                since: since, reason: "the webhook \"answered\" 503", nextProbe: since.advanced(by: .milliseconds(1500))
            )
            try await replica.note(open)
            #expect(try await reader.breaker() == open)
            try await replica.note(BreakerReport(since: since))
            #expect(try await reader.breaker() == BreakerReport(since: since))
        }
    }
}
