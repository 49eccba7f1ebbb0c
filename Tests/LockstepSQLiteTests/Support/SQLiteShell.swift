import LockstepTesting

/// The `sqlite3` command, as an office's own people use it.
enum SQLiteShell {
    /// Runs statements and returns what they print.
    static func run(_ path: String, _ statements: String) throws -> String {
        let output = try ShortProgram.run("/usr/bin/env", words(["-readonly", path, statements])).output
        return String(output.drop { $0.isNewline }.reversed().drop { $0.isNewline }.reversed())
    }

    /// Runs statements that write, as another program does, and returns what they print.
    static func write(_ path: String, _ statements: String) throws -> String {
        let ended = try ShortProgram.run(
            "/usr/bin/env", words(["-bail", path, ".timeout 20000", statements]))
        guard ended.status == 0 else { throw ShellFailure(sentence: "sqlite3 did not write: \(ended.error)") }
        return ended.output
    }

    /// Keeps a file locked while the body runs; the lock is held when the body starts and gone when this returns.
    static func withLock<R>(on path: String, _ body: () async throws -> R) async throws -> R {
        let shell = try FedProgram("/usr/bin/env", words([path]))
        try shell.say("BEGIN EXCLUSIVE;\nSELECT 'locked';\n")
        try await eventually("sqlite3 has the lock") { shell.output.hasPrefix("locked") || !shell.isRunning }
        guard shell.isRunning else { throw ShellFailure(sentence: "sqlite3 did not get the lock") }
        do {
            let result = try await body()
            await shell.end()
            return result
        } catch {
            await shell.end()
            throw error
        }
    }

    private static func words(_ arguments: [String]) -> [String] { ["sqlite3", "-batch"] + arguments }
}

struct ShellFailure: Error {
    let sentence: String
}
