import Dispatch
import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SQLiteVersionSourceTests {
    private func source(
        _ directory: URL,
        _ origin: String = "core",
        clock: WallClock = .system,
        log: RecordingLog = RecordingLog()
    ) throws -> SQLiteVersionSource {
        try SQLiteVersionSource(
            path: Sample.file(directory, "clock"), origin: try Origin(origin), clock: clock, logger: log.logger
        )
    }

    @Test func eightAtOnceGetReadingsOfTheirOwnThatGrow() async throws {
        try await withTemporaryDirectory { directory in
            let sources = try (0..<8).map { _ in try source(directory) }
            let taken = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for (index, source) in sources.enumerated() {
                    group.addTask {
                        var readings: [UInt64] = []
                        for _ in 0..<25 {
                            let first = try await source.take(index + 1).bits
                            readings += (0...UInt64(index)).map { first + $0 }
                        }
                        return readings
                    }
                }
                return try await group.reduce(into: [[UInt64]]()) { $0.append($1) }
            }
            for readings in taken { #expect(readings == readings.sorted()) }
            let all = taken.flatMap(\.self)
            #expect(Set(all).count == all.count && all.count == 25 * 36)
        }
    }

    /// On threads, since as many tasks as there are processors rarely meet.
    @Test func anyNumberMayMakeTheFileAtOnce() async throws {
        for _ in 0..<20 {
            try await withTemporaryDirectory { directory in
                let failures = Mutex<[any Error]>([])
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    do {
                        _ = try source(directory)
                    } catch {
                        failures.withLock { $0.append(error) }
                    }
                }
                let errors = failures.withLock { $0 }
                #expect(errors.isEmpty)
            }
        }
    }

    @Test func goesOnAfterARestartAndAStepOfTheWallClock() async throws {
        try await withTemporaryDirectory { directory in
            let time = Mutex(Sample.milliseconds)
            let clock = WallClock { Timestamp(microseconds: time.withLock { $0 } * 1000) }
            var last = ClockReading(0)
            for step: Int64 in [0, 1, -3_600_000, 31 * 60_000, 365 * 86_400_000, -366 * 86_400_000] {
                time.withLock { $0 += step }
                let source = try source(directory, clock: clock)
                for _ in 0..<3 {
                    let reading = try await source.take(10)
                    #expect(reading > last)
                    last = ClockReading(reading.bits + 9)
                }
                try source.close()
            }
        }
    }

    @Test func everyOriginHasItsOwn() async throws {
        try await withTemporaryDirectory { directory in
            let core = try await source(directory, "core", clock: Sample.now).take(1)
            let ward = try await source(directory, "ward-1", clock: Sample.now).take(1)
            #expect(core == ward)
        }
    }

    @Test(arguments: [(-59_000, 0), (-61_000, 1)])
    func warnsOnceWhenTheWallClockIsMoreThanAMinuteBehind(_ step: Int64, _ warnings: Int) async throws {
        try await withTemporaryDirectory { directory in
            _ = try await source(directory, clock: Sample.now).take(1)
            let log = RecordingLog()
            let behind = WallClock { Timestamp(microseconds: Sample.now.now.microseconds + step * 1000) }
            let late = try source(directory, clock: behind, log: log)
            for _ in 0..<3 { _ = try await late.take(1) }
            #expect(log.levels == Array(repeating: .warning, count: warnings))
            #expect(log.metadata.allSatisfy { $0["origin"] == "core" && $0["behind_seconds"] == "61" })
        }
    }

    @Test func eachReadingIsInTheFileBeforeItIsGiven() async throws {
        try await withTemporaryDirectory { directory in
            let source = try source(directory, clock: Sample.now)
            let first = try await source.take(5)
            let kept = try SQLiteShell.run(
                Sample.file(directory, "clock"), "SELECT last FROM clocks WHERE origin = 'core'")
            #expect(kept == Version(reading: ClockReading(first.bits + 4), origin: try Origin("core")).description)
            #expect(try SQLiteShell.run(Sample.file(directory, "clock"), "PRAGMA journal_mode") == "delete")
        }
    }

    @Test func aLockOfAnotherProcessPasses() async throws {
        try await withTemporaryDirectory { directory in
            let path = Sample.file(directory, "clock")
            let source = try SQLiteVersionSource(
                path: path, origin: try Origin("core"), busyTimeout: .milliseconds(20), logger: Sample.quiet
            )
            try await SQLiteShell.withLock(on: path) {
                #expect(await failure { _ = try await source.take(1) }?.code == .storeUnavailable)
            }
            _ = try await source.take(1)
        }
    }
}
