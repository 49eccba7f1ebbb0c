import ChildProcesses
import FoundationEssentials
import Glibc

extension PrivateBroker {
    /// Runs `rabbitmqctl` against this node and returns what it printed.
    ///
    /// - Parameters:
    ///   - arguments: Such as `["list_queues", "name", "messages", "--formatter", "json"]`.
    ///   - limit: How long it may take. It starts an Erlang VM: about a second, more on a busy machine.
    /// - Throws: ``PrivateBrokerError`` with the tool's own words when it fails.
    public nonisolated func control(
        _ arguments: [String],
        within limit: Duration = .seconds(60)
    ) async throws -> String {
        try await run("rabbitmqctl", arguments, within: limit)
    }

    /// Runs `rabbitmq-plugins` against this node and returns what it printed; for instance `["enable", "rabbitmq_stream"]`.
    public nonisolated func plugins(
        _ arguments: [String],
        within limit: Duration = .seconds(60)
    ) async throws -> String {
        try await run("rabbitmq-plugins", arguments, within: limit)
    }

    private nonisolated func run(_ tool: String, _ arguments: [String], within limit: Duration) async throws -> String {
        let output = directory.logs.appending(path: "\(tool)-\(UUID().uuidString).out")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try ChildProcess.start(
            ProcessLaunch(
                executable: configuration.scripts.appending(path: tool).path,
                arguments: ["--node", nodeName] + arguments,
                environment: NodeEnvironment(identity, directory).variables,
                output: output.path,
                diesWithThread: true
            )
        )
        let exit = await process.ended(within: limit)
        if exit == nil {
            process.signal(SIGKILL)
            try Task.checkCancellation()
        }
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard exit == .exited(0) else {
            let how = exit.map(\.description) ?? "no answer after \(limit)"
            throw PrivateBrokerError(
                .controlFailed,
                "\(tool) \(arguments.first ?? "") failed (\(how)): \(text.suffix(2_000))"
            )
        }
        return text
    }
}
