import ChildProcesses
import Foundation
import Synchronization

/// A program that reads what a test says, line by line, until its input ends; it is killed where the test forgets it.
package final class FedProgram: Sendable {
    private let process: ChildProcess
    /// Where its input comes from, and what it writes goes.
    private let directory: URL
    /// The other end of its input; nil: it is closed.
    private let input: Mutex<FileHandle?>

    /// Starts it, with this process's environment.
    package init(_ executable: String, _ arguments: [String]) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "fed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let pipe = directory.appending(path: "input").path
        // Open for both, since opening for one waits for who opens for the other.
        let descriptor = mkfifo(pipe, 0o600) == 0 ? open(pipe, O_RDWR | O_CLOEXEC) : -1
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        input = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
        process = try ChildProcess(
            ProcessLaunch(
                executable: executable, arguments: arguments, environment: ProcessInfo.processInfo.environment,
                input: pipe, output: directory.appending(path: "output").path,
                errors: directory.appending(path: "errors").path, diesWithThread: true))
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// All that it has written to standard output.
    package var output: String {
        String(decoding: (try? Data(contentsOf: directory.appending(path: "output"))) ?? Data(), as: UTF8.self)
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { process.exit == nil }

    /// Gives it something to read.
    package func say(_ words: String) throws {
        try input.withLock { try $0?.write(contentsOf: Data(words.utf8)) }
    }

    /// Ends its input, and waits until it has ended for that.
    package func end() async {
        try? input.withLock { try $0.take()?.close() }
        _ = await process.ended()
    }
}
