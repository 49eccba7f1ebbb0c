import FoundationEssentials
import Glibc

/// A server's process and those that it has made, one for each connection and some for itself.
struct ServerProcesses {
    let server: Int32

    /// The processes that the server has made; each has a session of its own, so no signal reaches all of them at once.
    var children: [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init)
            .filter { Self.status(of: $0)?.parent == server }
    }

    /// Whether the server and all its processes are stopped, or gone.
    var areStopped: Bool {
        ([server] + children).allSatisfy { Self.status(of: $0).map { "TtZ".contains($0.state) } ?? true }
    }

    /// Sends a signal to the server first, which then makes no new process, and to each of the others.
    func signal(_ number: Int32) {
        Glibc.kill(server, number)
        for child in children { Glibc.kill(child, number) }
    }

    /// State and parent as `proc(5)` has them, the third and fourth field of `stat`.
    private static func status(of process: Int32) -> (state: Character, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 1, let state = fields[0].first, let parent = Int32(fields[1]) else { return nil }
        return (state, parent)
    }
}
