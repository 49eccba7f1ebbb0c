import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
import Testing

/// A copy of a replica's files is what a SIGKILL at that moment would leave of it.
@Suite(.timeLimit(.minutes(1)))
struct AtomicityTests {
    @Test func aKillInMidTransactionLeavesNothingOfTheBatch() async throws {
        try await withTemporaryDirectory { directory in
            let image = directory.appending(path: "killed", directoryHint: .isDirectory)
            let crash = Mutex(false)
            // The clock is read inside the transaction, when all events have been merged.
            let clock = WallClock {
                if crash.withLock({ $0 }) { try? Self.copy(directory, to: image) }
                return Sample.now.now
            }
            let replica = try Sample.replica(directory, clock: clock)
            _ = try await replica.merge([Arrival(try Sample.event(1, ["WORKDESC": "New"]))])
            let before = try Sample.contents(Sample.file(directory))
            crash.withLock { $0 = true }
            let batch = try (2..<300).map {
                Arrival(try Sample.event($0, ["WORKDESC": "Renovation"], number: "24-\($0)"))
            }
            _ = try await replica.merge(batch)

            let revived = try Sample.replica(image)
            #expect(try Sample.contents(Sample.file(image)) == before)
            #expect(try await OfficeReader(path: Sample.file(image)).statistics().events == 1)
            // What the broker delivers again is taken in as if for the first time.
            #expect(try await revived.merge(batch).allSatisfy { $0.outcome == .applied })
            #expect(try Sample.contents(Sample.file(image)) == Sample.contents(Sample.file(directory)))
        }
    }

    @Test func aKillAfterTheAnswerLosesNothing() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let image = directory.appending(path: "killed", directoryHint: .isDirectory)
            for step in 1...20 {
                _ = try await replica.merge([Arrival(try Sample.event(step, ["WORKDESC": .init(string: "\(step)")]))])
            }
            try Self.copy(directory, to: image)
            let revived = try Sample.replica(image)
            #expect(try Sample.contents(Sample.file(image)) == Sample.contents(Sample.file(directory)))
            let again = try await revived.merge([Arrival(try Sample.event(20, ["WORKDESC": "20"]))])
            #expect(again.map(\.outcome) == [.duplicate])
        }
    }

    private static func copy(_ directory: URL, to image: URL) throws {
        let files = FileManager.default
        try files.createDirectory(at: image, withIntermediateDirectories: true)
        // Not the shared memory: it is rebuilt from the log.
        for name in ["ward-1.sqlite", "ward-1.sqlite-wal"] {
            try files.copyItem(at: directory.appending(path: name), to: image.appending(path: name))
        }
    }
}
