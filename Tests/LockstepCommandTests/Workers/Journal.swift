import Foundation
import Lockstep

/// An office's own system: it writes down what it is told, in a file that outlives the process.
struct Journal: Adapter, Codable {
    /// The record that it never takes.
    static let refused = "permit/refused"
    static let reason = "no such slot"
    /// The record that kills its process.
    static let deadly = "permit/deadly"
    /// How such a process ends.
    static let killed: Int32 = 41

    let file: String

    /// One thing that it was told.
    struct Effect: Hashable {
        let subject: String
        let version: String
        let data: String
    }

    func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        try changes.map { change in
            if change.subject.text == Self.deadly { _exit(Self.killed) }
            guard change.subject.text != Self.refused else { return .refused(Self.reason) }
            try append("\(change.subject)\t\(change.version)\t\(change.data?.text ?? "")\n")
            return .applied
        }
    }

    /// All that it was told so far, in order.
    func effects() throws -> [Effect] {
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Effect(subject: parts[0], version: parts[1], data: parts[2])
        }
    }

    /// One write for each line: a kill leaves no half of one.
    private func append(_ line: String) throws {
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        defer { close(descriptor) }
        guard write(descriptor, line, line.utf8.count) == line.utf8.count else { throw POSIXError(.EIO) }
    }
}
