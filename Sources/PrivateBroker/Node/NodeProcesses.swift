import FoundationEssentials
import Glibc

/// The process ids of a node, written beside its data so that a later process can find and end it.
struct NodeProcesses: Codable, Hashable, Sendable {
    var server: Int32
    /// The node's own epmd; nil in a cluster, whose epmd is not the node's to end.
    var epmd: Int32?
    /// When the node's process was started, in clock ticks since the machine's start: an id alone may be reused.
    var serverStarted: String
    var epmdStarted: String?

    init(server: Int32, epmd: Int32?) {
        self.server = server
        self.epmd = epmd
        serverStarted = Self.startTime(of: server) ?? ""
        epmdStarted = epmd.map { Self.startTime(of: $0) ?? "" }
    }

    var serverRuns: Bool { Self.startTime(of: server) == serverStarted }
    var epmdRuns: Bool { epmd.map { Self.startTime(of: $0) == epmdStarted } ?? false }

    /// Sends a signal to those that still run.
    func signal(_ number: Int32) {
        if serverRuns { Glibc.kill(server, number) }
        if let epmd, epmdRuns { Glibc.kill(epmd, number) }
    }

    /// Field 22 of `/proc/<pid>/stat` (see proc(5)); `nil` when there is no such process, or only its remains.
    private static func startTime(of pid: Int32) -> String? {
        guard let stat = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8),
            let name = stat.lastIndex(of: ")")
        else { return nil }
        // The name, in parentheses, may hold spaces; the fields after it begin with the third, the state.
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return String(fields[19])
    }
}
