public import FoundationEssentials
import Glibc

extension PrivateBroker {
    /// Ends what an earlier process left running on a directory: its node, and the node's epmd.
    ///
    /// - Returns: Whether there was anything.
    @discardableResult
    public static func stopLeftover(in directory: URL, timeout: Duration = .seconds(20)) async throws -> Bool {
        let files = NodeDirectory(directory)
        guard let left = try files.recordedProcesses(), left.serverRuns || left.epmdRuns else { return false }
        left.signal(SIGCONT)
        // Not a child of this process: it cannot be awaited, only looked at.
        for (signal, limit) in [(SIGTERM, timeout), (SIGKILL, .seconds(10))] where left.serverRuns {
            left.signalServer(signal)
            try await left.wait(limit) { !$0.serverRuns }
        }
        guard !left.serverRuns else {
            throw PrivateBrokerError(
                .system,
                "Process \(left.server), the broker of \(files.root.path), could not be ended: see who owns it."
            )
        }
        left.signal(SIGKILL)
        try await left.wait(.seconds(5)) { !$0.epmdRuns }
        try files.record(nil)
        return true
    }
}

extension NodeProcesses {
    fileprivate func signalServer(_ number: Int32) {
        if serverRuns { Glibc.kill(server, number) }
    }

    /// Waits until a condition holds, or a limit has passed.
    fileprivate func wait(_ limit: Duration, until condition: (NodeProcesses) -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: limit)
        while !condition(self) && clock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
