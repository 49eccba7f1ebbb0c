import Foundation
import LockstepTesting

/// A file system of a few megabytes of a test's own, which can be full, or read-only.
struct SmallDisk: Sendable {
    let directory: URL

    /// Whether this account may mount one.
    static let isAllowed =
        (try? ShortProgram.run("/usr/bin/unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]))?.status == 0

    /// Writes until there is no room left.
    func fill() throws {
        let file = directory.appending(path: "ballast")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let descriptor = open(file.path, O_WRONLY)
        defer { close(descriptor) }
        // In the end byte by byte: not a page may be left.
        for size in [65_536, 4_096, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(descriptor, bytes, size) == size {}
        }
    }

    /// Makes room again.
    func free() throws {
        try FileManager.default.removeItem(at: directory.appending(path: "ballast"))
    }

    /// Mounts it anew, read-only or not.
    func remount(_ mode: String) async throws {
        try await Self.run("/usr/bin/mount", "-o", "remount,\(mode)", directory.path)
    }

    fileprivate static func run(_ program: String, _ arguments: String...) async throws {
        let ended = try await ChildCommand(URL(filePath: program), arguments, environment: [:]).ended()
        guard ended.status == 0 else { throw SiteError(description: "\(program): \(ended.error)") }
    }
}

/// Runs the closure with a file system of its own, which is gone afterwards.
func withSmallDisk(beside site: Site, megabytes: Int = 4, _ body: (SmallDisk) async throws -> Void) async throws {
    let disk = SmallDisk(directory: site.directory.appending(path: "disk"))
    try FileManager.default.createDirectory(at: disk.directory, withIntermediateDirectories: true)
    try await SmallDisk.run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "none", disk.directory.path)
    let result = await Result { try await body(disk) }
    try await SmallDisk.run("/usr/bin/umount", "--lazy", disk.directory.path)
    try result.get()
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
