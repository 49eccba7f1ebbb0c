import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BrokenStoreTests {
    @Test func aLockOfAnotherProcessPasses() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let path = Sample.file(directory)
            let event = Arrival(try Sample.event(1, ["WORKDESC": "New"]))
            try await SQLiteShell.withLock(on: path) {
                let error = await failure { _ = try await replica.merge([event]) }
                #expect(error?.code == .storeUnavailable)
                #expect(error?.message.contains("ward-1.sqlite") == true)
                // Opening needs no lock, and neither does reading.
                _ = try Sample.replica(directory)
                #expect(try await OfficeReader(path: path).statistics().events == 0)
            }
            #expect(try Sample.contents(path).isEmpty)
            #expect(try await replica.merge([event]).map(\.outcome) == [.applied])
        }
    }

    @Test func aFullDiskPasses() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, ["WORKDESC": "New"]))])
            let before = try Sample.contents(Sample.file(directory))
            try await replica.pragma("max_page_count = 30")
            let batch = try (2..<500).map {
                Arrival(
                    try Sample.event(
                        $0, ["WORKDESC": .init(string: String(repeating: "x", count: 500))], number: "24-\($0)"))
            }
            let error = await failure { _ = try await replica.merge(batch) }
            #expect(error?.code == .storeFull)
            #expect(try Sample.contents(Sample.file(directory)) == before)
            try await replica.pragma("max_page_count = 1000000")
            #expect(try await replica.merge(batch).allSatisfy { $0.outcome == .applied })
        }
    }

    @Test(arguments: ["nonsense", "damaged header"])
    func aFileThatIsNoDatabaseIsRefused(_ kind: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = Sample.file(directory)
            if kind == "nonsense" {
                try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: path))
            } else {
                try Sample.replica(directory).close()
                try overwrite(path, at: 0, count: 16)
            }
            let error = await failure { _ = try Sample.replica(directory) }
            #expect(error?.code == .storeCorrupt)
            #expect(error?.message.contains("move it") == true)
            #expect(await failure { _ = try OfficeReader(path: path) }?.code == .storeCorrupt)
        }
    }

    @Test func aDamagedPageIsFoundAtTheStartAfterAnAbruptEnd() async throws {
        try await withTemporaryDirectory { directory in
            let path = Sample.file(directory)
            let replica = try Sample.replica(directory)
            let batch = try (1..<300).map { Arrival(try Sample.event($0, ["WORKDESC": "New"], number: "24-\($0)")) }
            _ = try await replica.merge(batch)
            try replica.close()
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber).intValue
            // A page in the middle of the records.
            try overwrite(path, at: size / 2 / 4096 * 4096, count: 4096)
            // After a clean end nothing is read at the start; on demand everything is.
            let opened = try Sample.replica(directory)
            #expect(await failure { try await opened.check() }?.code == .storeCorrupt)
            try opened.close()
            // A log that is not empty says that the end was not clean.
            try Data(repeating: 0, count: 32).write(to: URL(fileURLWithPath: path + "-wal"))
            #expect(await failure { _ = try Sample.replica(directory) }?.code == .storeCorrupt)
        }
    }

    @Test func aDamagedRecordIsFoundWhenItIsMet() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let event = Arrival(try Sample.event(1, ["WORKDESC": "New"]))
            _ = try await replica.merge([event])
            let other = try DatabaseQueue(path: Sample.file(directory))
            try await other.write { db in try db.execute(sql: "UPDATE records SET registers = x'01FF'") }
            #expect(await failure { _ = try await replica.merge([event]) }?.code == .storeCorrupt)
            try await other.write { db in try db.execute(sql: "UPDATE records SET registers = x'7F'") }
            #expect(await failure { _ = try await replica.merge([event]) }?.code == .storeTooNew)
        }
    }

    @Test func aTruncatedFileIsRefused() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let batch = try (1..<300).map { Arrival(try Sample.event($0, ["WORKDESC": "New"], number: "24-\($0)")) }
            _ = try await replica.merge(batch)
            try replica.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: Sample.file(directory)))
            try file.truncate(atOffset: 8 * 4096)
            try file.close()
            #expect(await failure { _ = try Sample.replica(directory) }?.code == .storeCorrupt)
        }
    }

    @Test func aFileOfANewerReleaseIsRefused() async throws {
        try await withTemporaryDirectory { directory in
            try Sample.replica(directory).close()
            let other = try DatabaseQueue(path: Sample.file(directory))
            try await other.write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('replica 99')")
            }
            try other.close()
            #expect(await failure { _ = try Sample.replica(directory) }?.code == .storeTooNew)
            #expect(await failure { _ = try OfficeReader(path: Sample.file(directory)) }?.code == .storeTooNew)
        }
    }

    @Test func aFileThatMayNotBeWrittenPasses() async throws {
        try await withTemporaryDirectory { directory in
            let path = Sample.file(directory)
            try Sample.replica(directory).close()
            try Self.setWritable(false, path)
            defer { try? Self.setWritable(true, path) }
            let event = Arrival(try Sample.event(1, ["WORKDESC": "New"]))
            let replica = try Sample.replica(directory)
            let error = await failure { _ = try await replica.merge([event]) }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.message.contains("cannot be written") == true)
            try replica.close()
            try Self.setWritable(true, path)
            #expect(try await Sample.replica(directory).merge([event]).map(\.outcome) == [.applied])
        }
    }

    @Test func aDirectoryThatCannotBeMadeIsNamed() async throws {
        try await withTemporaryDirectory { directory in
            try Data().write(to: directory.appending(path: "state"))
            let error = await failure { _ = try Sample.replica(directory.appending(path: "state")) }
            #expect(error?.code == .storeUnavailable)
        }
    }

    /// The administrator may write to any file but to one that is immutable, which nobody else could make.
    private static func setWritable(_ isWritable: Bool, _ path: String) throws {
        guard geteuid() == 0 else {
            return try FileManager.default.setAttributes(
                [.posixPermissions: isWritable ? 0o644 : 0o444], ofItemAtPath: path)
        }
        let command = try ShortProgram.run("/usr/bin/chattr", [isWritable ? "-i" : "+i", path])
        guard command.status == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }

    private func overwrite(_ path: String, at offset: Int, count: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(repeating: 0xAA, count: count))
        try file.close()
    }
}
