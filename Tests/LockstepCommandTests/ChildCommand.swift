import ChildProcesses
import Foundation

/// A program that was started: the command under test, or one that tests it.
///
/// Not by Foundation's `Process`: it takes a process for ended when a socket closes that it lends it, and which others that
/// are started at the same moment may inherit. As long as one of those runs, it would wait for one that has long ended.
final class ChildCommand: Sendable {
    /// What a program that has ended left behind.
    struct Ended: Sendable {
        /// Its exit status, or the signal that ended it.
        let status: Int32
        let output: String
        let error: String

        /// The output's lines, each read as a JSON object.
        var objects: [[String: Any]] {
            output.split(separator: "\n").compactMap { line in
                (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
            }
        }
    }

    private let process: ChildProcess
    /// Where its input and what it writes are: files, so that it never waits for a reader.
    private let directory: URL

    /// Starts a program.
    init(_ program: URL, _ arguments: [String], environment: [String: String], input: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let words = directory.appending(path: "input")
        try Data((input ?? "").utf8).write(to: words)
        process = try ChildProcess(
            ProcessLaunch(
                executable: program.path, arguments: arguments,
                environment: ProcessInfo.processInfo.environment.merging(environment) { _, own in own },
                input: words.path, output: directory.appending(path: "output").path,
                errors: directory.appending(path: "errors").path, diesWithThread: false))
    }

    /// A test that failed leaves no process behind.
    deinit {
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// What it has written to standard error so far.
    var errorSoFar: String { text("errors") }

    /// Its process.
    var processID: Int32 { process.pid }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.exit == nil }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits until it has ended; where the test is cancelled, it is killed.
    func ended() async -> Ended {
        if await process.ended() == nil { signal(SIGKILL) }
        let status: Int32 =
            switch process.exit {
            case .exited(let status): status
            case .signalled(let number): number
            case nil: SIGKILL
            }
        return Ended(status: status, output: text("output"), error: text("errors"))
    }

    private func text(_ name: String) -> String {
        (try? String(decoding: Data(contentsOf: directory.appending(path: name)), as: UTF8.self)) ?? ""
    }
}
