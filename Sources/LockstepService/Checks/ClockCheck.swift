import FoundationEssentials
import Lockstep
import LockstepSQLite
import Logging

/// Whether the wall clock stands where the versions given out so far say that it should.
struct ClockCheck {
    /// A clock that was set before this release was made is not set.
    private static let earliest = Timestamp(microseconds: 1_767_225_600_000_000)

    let configuration: Configuration

    func examine(logger: Logger) async -> DoctorRow {
        let now = WallClock.system.now
        guard now > Self.earliest else {
            return DoctorRow("clock", .failed, "it shows \(now)", advice: "set the clock; run an NTP client")
        }
        guard let origin = configuration.origin, FileManager.default.fileExists(atPath: configuration.clockFile) else {
            return DoctorRow("clock", .ok, "it shows \(now)")
        }
        do {
            let source = try SQLiteVersionSource(path: configuration.clockFile, origin: origin, logger: logger)
            defer { try? source.close() }
            let ahead = (try await source.last()?.milliseconds ?? 0) - now.milliseconds
            guard ahead > 60_000 else { return DoctorRow("clock", .ok, "it shows \(now)") }
            return DoctorRow(
                "clock",
                .warning,
                "it stands \(ahead / 1000) s behind the newest version given out",
                advice: "set the clock; versions go on without it, but their times are off"
            )
        } catch {
            return DoctorRow("clock", .failed, error.message, advice: "look at \(configuration.clockFile)")
        }
    }
}
