import ChildProcesses
package import Foundation

/// A program that soon ends by itself, and is waited for where it is called.
///
/// Not by Foundation's `Process`: it takes a program for ended when a socket closes that it lends it, and which others that are
/// started at the same moment may inherit. As long as one of those runs, as a broker does, it would wait for one that has long
/// ended.
package struct ShortProgram: Sendable {
    /// Its exit status, or the signal that ended it.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let error: String

    /// Runs a program to its end, with this process's environment.
    ///
    /// - Parameter directory: Where it runs; nil: where this process does.
    /// - Throws: where it cannot be started.
    package static func run(
        _ executable: String, _ arguments: [String], in directory: URL? = nil
    ) throws -> ShortProgram {
        let files = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: files) }
        let (output, errors) = (files.appending(path: "output"), files.appending(path: "errors"))
        let words = directory.map { ["--chdir", $0.path, executable] + arguments } ?? arguments
        let exit = try ProcessLaunch(
            executable: directory == nil ? executable : "/usr/bin/env", arguments: words,
            environment: ProcessInfo.processInfo.environment, output: output.path, errors: errors.path,
            diesWithThread: false
        ).run()
        let status =
            switch exit {
            case .exited(let status): status
            case .signalled(let number): number
            }
        return ShortProgram(
            status: status, output: try String(contentsOf: output, encoding: .utf8),
            error: try String(contentsOf: errors, encoding: .utf8))
    }
}
