import FoundationEssentials
import Glibc

/// Whether the state's directory can be written to and has room.
struct StateDirectoryCheck {
    /// Below this there is trouble soon.
    private static let enough: UInt64 = 1 << 30

    let directory: URL

    func examine() -> DoctorRow {
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let probe = directory.appending(path: ".doctor-\(getpid())")
            try Data([0]).write(to: probe)
            try FileManager.default.removeItem(at: probe)
        } catch {
            return DoctorRow(
                "state",
                .failed,
                "\(directory.path) cannot be written to",
                advice: "give this user the directory, or set 'state' to another one"
            )
        }
        var figures = statvfs()
        guard statvfs(directory.path, &figures) == 0 else { return DoctorRow("state", .ok, directory.path) }
        let free = UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
        let found = "\(directory.path), \(free >> 20) MiB free"
        guard free >= Self.enough else {
            return DoctorRow(
                "state", .warning, found, advice: "make room: replicas stop taking changes in when it is full")
        }
        return DoctorRow("state", .ok, found)
    }
}
