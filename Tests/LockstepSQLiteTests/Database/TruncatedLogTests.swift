import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// A write-ahead log that ends too early: what a power failure leaves of a commit, or worse.
///
/// What was answered is on the disk (`synchronous=FULL`), so that a failure can only tear what nobody was promised. A log
/// that loses more than that, to a broken disk or a person, leaves an earlier state of the replica, whole as it was then.
@Suite(.timeLimit(.minutes(1)))
struct TruncatedLogTests {
    /// The log's size after a commit, and what the replica held then.
    private struct Commit {
        let size: Int
        let events: Int
        let contents: [Subject: [UInt8]]
    }

    @Test func whereverTheLogEndsTheReplicaIsAsItWasAfterACommit() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let batches = try (0..<6).map { batch in
                try (0..<12).map { number in
                    Arrival(
                        try Sample.event(
                            batch, ["WORKDESC": .init(string: "\(batch)")], number: "24-\(batch % 2 * 6 + number)"))
                }
            }
            _ = try await replica.merge(batches[0])
            // What is in the database itself no cut of the log takes away.
            try await replica.pragma("wal_checkpoint(TRUNCATE)")
            var commits = [try Self.commit(directory, events: 12)]
            for (index, batch) in batches.enumerated().dropFirst() {
                _ = try await replica.merge(batch)
                commits.append(try Self.commit(directory, events: (index + 1) * 12))
            }
            #expect(commits[0].size == 0 && zip(commits, commits.dropFirst()).allSatisfy { $0.size < $1.size })

            let (frame, header) = (24 + 4_096, 32)
            var cuts = [1, header - 1, header, header + 1]
            for commit in commits.dropFirst() {
                // A byte too few, nothing too few, and a part of what came next.
                cuts += [
                    commit.size - 1, commit.size, commit.size + 1, commit.size + frame, commit.size + frame * 3 / 2,
                ]
            }
            let whole = try #require(commits.last)
            for cut in cuts where cut <= whole.size {
                let expected = try #require(commits.last { $0.size <= cut })
                let image = directory.appending(path: "cut-\(cut)", directoryHint: .isDirectory)
                try Self.copy(directory, to: image, logCutAt: cut)
                let revived = try Sample.replica(image)
                let path = Sample.file(image)
                #expect(try Sample.contents(path) == expected.contents, "cut at \(cut)")
                #expect(try await OfficeReader(path: path).statistics().events == expected.events, "cut at \(cut)")
                #expect(
                    try await revived.database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
                // Delivered again, everything is there again.
                for batch in batches { _ = try await revived.merge(batch) }
                #expect(try Sample.contents(path) == whole.contents, "cut at \(cut)")
                try revived.close()
            }
        }
    }

    private static func log(_ directory: URL) -> String { Sample.file(directory) + "-wal" }

    private static func commit(_ directory: URL, events: Int) throws -> Commit {
        let size = try FileManager.default.attributesOfItem(atPath: log(directory))[.size] as? NSNumber
        return Commit(
            size: try #require(size).intValue, events: events, contents: try Sample.contents(Sample.file(directory)))
    }

    private static func copy(_ directory: URL, to image: URL, logCutAt cut: Int) throws {
        let files = FileManager.default
        try files.createDirectory(at: image, withIntermediateDirectories: true)
        try files.copyItem(atPath: Sample.file(directory), toPath: Sample.file(image))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: log(directory)))
        try bytes.prefix(cut).write(to: URL(fileURLWithPath: log(image)))
    }
}
