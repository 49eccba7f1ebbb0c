import Foundation
import Synchronization

/// A program that was started: the command under test, or one that tests it.
final class ChildCommand: Sendable {
    /// What a program that has ended left behind.
    struct Ended: Sendable {
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

    private let process = Process()
    private let output = Collector()
    private let error = Collector()

    /// Starts a program.
    init(_ program: URL, _ arguments: [String], environment: [String: String], input: String? = nil) throws {
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
        process.standardOutput = output.pipe
        process.standardError = error.pipe
        let stdin = Pipe()
        process.standardInput = stdin
        try process.run()
        if let input { try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try stdin.fileHandleForWriting.close()
    }

    /// A test that failed leaves no process behind.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// What it has written to standard error so far.
    var errorSoFar: String { error.text }

    /// Its process.
    var processID: Int32 { process.processIdentifier }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits until it has ended.
    func ended() async -> Ended {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [process] in
                process.waitUntilExit()
                continuation.resume()
            }
        }
        return Ended(status: process.terminationStatus, output: output.finish(), error: error.finish())
    }
}

/// Gathers what a program writes, so that it never waits for a reader.
private final class Collector: Sendable {
    let pipe = Pipe()
    private let data = Mutex(Data())
    private let isAtEnd = DispatchSemaphore(value: 0)

    init() {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [weak self] in
            // What is there, as soon as it is there; reading a number of bytes would wait for all of them.
            while case let piece = handle.availableData, !piece.isEmpty {
                self?.data.withLock { $0 += piece }
            }
            self?.isAtEnd.signal()
        }
    }

    var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }

    func finish() -> String {
        isAtEnd.wait()
        isAtEnd.signal()
        return text
    }
}
