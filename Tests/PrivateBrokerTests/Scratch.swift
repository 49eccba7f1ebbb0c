import FoundationEssentials
import PrivateBroker

/// Runs the closure with an empty directory, and removes it afterwards.
func withScratchDirectory<R>(_ body: (URL) async throws -> R) async throws -> R {
    // With a space in it: nothing on the way to the node may split a path into words.
    let name = "private broker \(UUID().uuidString)"
    let directory = FileManager.default.temporaryDirectory.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory)
}

/// Whether a process with this id is there, and not only its remains.
func isAlive(_ pid: Int32) -> Bool {
    let stat = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)) ?? ""
    return !stat.isEmpty && !stat.contains(") Z ")
}

/// Runs the closure, which must throw the broker's error, and returns that error.
func brokerError(_ body: () async throws -> Void) async -> PrivateBrokerError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PrivateBrokerError
    }
}
