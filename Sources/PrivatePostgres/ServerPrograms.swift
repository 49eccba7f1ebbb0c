import ChildProcesses
import FoundationEssentials
import Glibc

/// PostgreSQL's programs, and how they are run.
struct ServerPrograms: Sendable {
    let folder: URL
    let directory: ServerDirectory

    /// Where Debian puts each version.
    private static let versions = "/usr/lib/postgresql"

    init(_ folder: URL?, _ directory: ServerDirectory) throws {
        self.directory = directory
        if let folder {
            self.folder = folder
        } else {
            let found = ((try? FileManager.default.contentsOfDirectory(atPath: Self.versions)) ?? [])
                .compactMap { Int($0) }.max()
            guard let found else { throw Self.notInstalled("PostgreSQL", at: Self.versions, package: "postgresql") }
            self.folder = URL(filePath: "\(Self.versions)/\(found)/bin", directoryHint: .isDirectory)
        }
        guard FileManager.default.isExecutableFile(atPath: self.folder.appending(path: "postgres").path) else {
            throw Self.notInstalled("PostgreSQL's server", at: self.folder.path, package: "postgresql")
        }
        guard FileManager.default.isExecutableFile(atPath: ProcessLaunch.setpriv) else {
            throw Self.notInstalled("setpriv", at: ProcessLaunch.setpriv, package: "util-linux")
        }
    }

    /// Starts a program as the server's account; it is killed with this process.
    func start(_ program: String, _ arguments: [String], output: URL) throws -> ChildProcess {
        do {
            return try ChildProcess(
                ProcessLaunch(
                    executable: folder.appending(path: program).path,
                    arguments: arguments,
                    // No PG… variables of the caller's: they are about another server.
                    environment: [
                        "HOME": directory.root.path, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
                        "PGTZ": "UTC", "PGCONNECT_TIMEOUT": "10",
                    ],
                    output: output.path,
                    diesWithThread: true,
                    account: directory.account
                )
            )
        } catch {
            throw PrivatePostgresError(.system, "\(program) could not be started: \(error)")
        }
    }

    /// Runs a program to its end and returns what it printed.
    func run(_ program: String, _ arguments: [String], within limit: Duration) async throws -> String {
        let output = directory.root.appending(path: "\(program)-\(UUID().uuidString).out")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try start(program, arguments, output: output)
        let exit = await process.ended(within: limit)
        if exit == nil {
            process.signal(SIGKILL)
            try Task.checkCancellation()
        }
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard exit == .exited(0) else {
            let how = exit.map(\.description) ?? "no answer after \(limit)"
            throw PrivatePostgresError(.commandFailed, "\(program) failed (\(how)): \(text.suffix(2_000))")
        }
        return text
    }

    private static func notInstalled(_ what: String, at place: String, package: String) -> PrivatePostgresError {
        PrivatePostgresError(
            .notInstalled, "\(what) was not found (\(place)): install it with `apt-get install \(package)`.")
    }
}
