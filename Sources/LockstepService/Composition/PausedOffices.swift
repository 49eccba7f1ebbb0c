import Lockstep
import Synchronization

/// The offices of a process that do not work because somebody paused them, and why.
final class PausedOffices: Sendable {
    private let reasons = Mutex<[OfficeName: String]>([:])

    /// Notes that an office is paused, or that it is not any more.
    func note(_ reason: String?, of office: OfficeName) {
        reasons.withLock { $0[office] = reason }
    }

    /// Those that are paused, by name.
    var all: [(office: OfficeName, reason: String)] {
        reasons.withLock { $0.map { (office: $0.key, reason: $0.value) }.sorted { $0.office < $1.office } }
    }
}
