import Foundation
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// Commits that are written to the log in large pieces are whole for everybody else.
@Suite(.timeLimit(.minutes(1)))
struct LogGatheringTests {
    private static func batch(_ step: Int, _ count: Int) throws -> [Arrival] {
        try (0..<count).map {
            Arrival(
                try Sample.event(
                    step, ["WORKDESC": .init(string: String(repeating: "\(step)", count: 300 + $0 % 700))],
                    number: "24-\($0)"))
        }
    }

    /// One of a few frames, and one of many more than are gathered at a time; in a large memory and in one that does not hold
    /// a transaction, so that SQLite writes frames of it before it ends.
    @Test(arguments: [1, 3, 2_000], [-16_000, 8])
    func anotherProgramReadsWhatWasCommitted(_ count: Int, _ pages: Int) async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            try await replica.pragma("cache_size = \(pages)")
            for step in 1...4 {
                _ = try await replica.merge(try Self.batch(step, count))
                #expect(
                    try SQLiteShell.run(
                        Sample.file(directory),
                        "SELECT count(*) FROM records WHERE data LIKE '%\(step)%'; PRAGMA integrity_check")
                        == "\(count)\nok")
            }
        }
    }

    /// With a second connection that writes in turn: each goes on in the log where the other one ended.
    @Test func framesOfATransactionThatFailedDoNoHarm() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            try await replica.pragma("cache_size = 8")
            _ = try await replica.merge(try Self.batch(1, 20))
            for step in 2...6 {
                try await replica.pragma("max_page_count = 60")
                #expect(await failure { _ = try await replica.merge(try Self.batch(step, 2_000)) }?.code == .storeFull)
                try await replica.pragma("max_page_count = 1000000")
                _ = try SQLiteShell.write(
                    Sample.file(directory), "UPDATE settings SET value = value; UPDATE records SET pushed = '\(step)'")
                #expect(
                    try SQLiteShell.run(
                        Sample.file(directory),
                        "SELECT count(*) FROM records WHERE pushed = '\(step)'; PRAGMA integrity_check") == "20\nok")
                #expect(try await replica.merge(try Self.batch(step, 20)).allSatisfy { $0.outcome == .applied })
            }
        }
    }
}
