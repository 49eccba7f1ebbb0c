import Lockstep
import Metrics
import Synchronization

/// Shows whether an office's queue has other arguments than the configuration asks for; nothing as long as it never had.
final class MigrationDue: Sendable {
    private let office: OfficeName
    private let gauge = Mutex<Gauge?>(nil)

    init(_ office: OfficeName) {
        self.office = office
    }

    deinit {
        gauge.withLock { $0?.destroy() }
    }

    func show(_ isDue: Bool) {
        gauge.withLock { gauge in
            if isDue, gauge == nil {
                gauge = Gauge(label: "lockstep_office_migration_due", dimensions: [("office", office.text)])
            }
            gauge?.record(isDue ? 1 : 0)
        }
    }
}
