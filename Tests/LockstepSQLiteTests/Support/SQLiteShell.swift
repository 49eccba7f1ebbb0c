import Foundation

/// The `sqlite3` command, as an office's own people use it.
enum SQLiteShell {
    /// Runs statements and returns what they print.
    static func run(_ path: String, _ statements: String) throws -> String {
        let (process, output) = try start(path, ["-readonly", path, statements])
        let bytes = output.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Runs statements that write, as another program does, and returns what they print.
    static func write(_ path: String, _ statements: String) throws -> String {
        let (process, output) = try start(path, ["-bail", path, ".timeout 20000", statements])
        let bytes = output.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ShellFailure(sentence: "sqlite3 did not write") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keeps a file locked while the body runs; the lock is held when the body starts and gone when this returns.
    static func withLock<R>(on path: String, _ body: () async throws -> R) async throws -> R {
        let input = Pipe()
        let (process, output) = try start(path, [path], input: input)
        input.fileHandleForWriting.write(Data("BEGIN EXCLUSIVE;\nSELECT 'locked';\n".utf8))
        guard let answer = try output.read(upToCount: 6), answer == Data("locked".utf8) else {
            throw ShellFailure(sentence: "sqlite3 did not get the lock")
        }
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        return try await body()
    }

    private static func start(_ path: String, _ arguments: [String], input: Pipe? = nil) throws -> (Process, FileHandle)
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", "-batch"] + arguments
        let output = Pipe()
        process.standardOutput = output
        if let input { process.standardInput = input }
        try process.run()
        return (process, output.fileHandleForReading)
    }
}

struct ShellFailure: Error {
    let sentence: String
}
