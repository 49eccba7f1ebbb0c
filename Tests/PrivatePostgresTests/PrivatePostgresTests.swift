import Foundation
import Glibc
import LockstepTesting
import Logging
import PrivatePostgres
import Testing

/// Real servers, one after the other.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PrivatePostgresTests {
    private let quiet = Logger(label: "private-postgres-tests") { _ in SwiftLogNoOpLogHandler() }

    @Test func answersAndLeavesNothingRunning() async throws {
        try await withTemporaryDirectory { directory in
            let process = try await withPrivatePostgres(.init(directory: directory), logger: quiet) { server in
                #expect(try await server.psql("SELECT 1 + 1") == "2\n")
                #expect(try await server.psql("SHOW listen_addresses") == "\n")
                let failure = await #expect(throws: PrivatePostgresError.self) {
                    _ = try await server.psql("SELECT no_such_column")
                }
                #expect(failure?.code == .commandFailed)
                #expect(failure?.message.contains("no_such_column") == true)
                return try #require(server.processID)
            }
            #expect(!isAlive(process))
        }
    }

    @Test func comesBackAfterAKillWithItsData() async throws {
        try await withTemporaryDirectory { directory in
            try await withPrivatePostgres(.init(directory: directory), logger: quiet) { server in
                _ = try await server.psql("CREATE TABLE kept AS SELECT 42 AS answer")
                let before = try #require(server.processID)
                try await server.kill()
                #expect(!isAlive(before) && server.processID == nil)
                let refused = await #expect(throws: PrivatePostgresError.self) { try await server.freeze() }
                #expect(refused?.code == .notRunning)
                try await server.restart()
                #expect(try await server.psql("SELECT answer FROM kept") == "42\n")
            }
        }
    }

    @Test func frozenItAnswersNobody() async throws {
        try await withTemporaryDirectory { directory in
            try await withPrivatePostgres(.init(directory: directory), logger: quiet) { server in
                try await server.freeze()
                await #expect(throws: PrivatePostgresError.self) {
                    _ = try await server.psql("SELECT 1", within: .milliseconds(500))
                }
                try await server.thaw()
                #expect(try await server.psql("SELECT 1") == "1\n")
                try await server.freeze()
                // The closing stop must end a frozen server too.
            }
        }
    }

    @Test func saysWhyItDied() async throws {
        try await withTemporaryDirectory { directory in
            var configuration = PrivatePostgresConfiguration(directory: directory)
            configuration.settings = ["no_such_setting": "1"]
            let error = await #expect(throws: PrivatePostgresError.self) {
                _ = try await PrivatePostgres.start(configuration, logger: quiet)
            }
            #expect(error?.code == .serverDied)
            #expect(error?.message.contains("no_such_setting") == true)
        }
    }

    @Test func diesWithAProcessThatIsKilled() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.path
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let server = try await PrivatePostgres.start(.init(directory: URL(filePath: path)))
                withExtendedLifetime(server) { _ = Glibc.kill(getpid(), SIGKILL) }
            }
            let lock = try String(contentsOf: directory.appending(path: "data/postmaster.pid"), encoding: .utf8)
            let left = try #require(lock.split(separator: "\n").first.flatMap { Int32($0) })
            try await eventually("the server is gone") { !isAlive(left) }
        }
    }

    @Test func testsShareAServerAndHaveADatabaseEach() async throws {
        try await SharedPostgres.withDatabase { server, first in
            _ = try await server.psql("CREATE TABLE mine (a int)", database: first)
            try await SharedPostgres.withDatabase { other, second in
                #expect(other === server)
                #expect(second != first)
                let tables = try await server.psql(
                    "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'", database: second)
                #expect(tables == "0\n")
            }
        }
    }
}

/// Whether a process with this id is there, and not only its remains.
private func isAlive(_ pid: Int32) -> Bool {
    let stat = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)) ?? ""
    return !stat.isEmpty && !stat.contains(") Z ")
}
