import ChildProcesses
import FoundationEssentials

/// Prometheus's own checker, from Debian's package `prometheus`.
package enum Promtool {
    /// What it says of metrics in the text format; empty: nothing is wrong with them.
    package static func complaints(about text: String) async throws -> String {
        try await withTemporaryDirectory { directory in
            let (input, output) = (directory.appending(path: "metrics"), directory.appending(path: "complaints"))
            try Data(text.utf8).write(to: input)
            let process = try ChildProcess(
                ProcessLaunch(
                    executable: "/bin/sh", arguments: ["-c", "exec promtool check metrics <\"$0\"", input.path],
                    environment: ["PATH": "/usr/bin:/bin"], output: output.path, diesWithThread: false))
            let exit = await process.ended()
            let complaints = try String(contentsOfFile: output.path, encoding: .utf8)
            return exit == .exited(0) ? complaints : complaints + "promtool: \(exit, default: "cancelled")"
        }
    }
}
