public import Lockstep
import LockstepSQLite
import Synchronization

extension Operations {
    /// What comparing offices found.
    public struct Reconciliation: Sendable {
        /// The records that differ.
        public var rows: [DriftRow] = []
        /// How many records the offices hold together.
        public var compared = 0
        /// Records that differ and cannot be compared, since an office gets only some of their events.
        public var notCompared = 0

        /// What people read where nothing differs.
        public var sentence: String {
            "Nothing differs: \(NumberText.grouped(compared)) records are as in the core."
                + (notCompared == 0
                    ? ""
                    : " \(NumberText.grouped(notCompared)) records of which an office gets some events only were left out.")
        }
    }

    /// Compares offices with the core and sends each side what it lacks.
    ///
    /// - Parameters:
    ///   - offices: Which; the core itself is left out.
    ///   - repairing: False: what differs is only named.
    ///   - person: Who wants it, for the audit.
    public func reconcile(
        _ offices: [Subscription], repairing: Bool, by person: String = UserName.current
    ) async throws -> Reconciliation {
        try await withClient("reconcile") { client in
            let reconciler = Reconciler(configuration: configuration, client: client, logger: logger)
            let core = try reconciler.coreOffice().office
            var result = Reconciliation()
            for office in offices where office.office != core {
                let rows = Mutex<[DriftRow]>([])
                let summary = try await reconciler.reconcile(office, repairing: repairing) { findings in
                    let found = findings.map { DriftRow($0, of: office.office, repaired: repairing) }
                    rows.withLock { $0 += found }
                }
                let found = rows.withLock { $0 }
                if repairing, !found.isEmpty {
                    try await note(
                        OperatorAction(
                            at: WallClock.system.now, person: person, action: "reconciled", target: office.office.text,
                            count: found.count, reason: nil), what: "'\(office.office)' was reconciled")
                }
                result.rows += found
                result.compared += summary.office
                result.notCompared += summary.notCompared
            }
            return result
        }
    }

    /// Sends a new office the core's records, while events keep flowing.
    public func bootstrap(
        _ office: Subscription, by person: String = UserName.current, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> BootstrapReport {
        try await withClient("bootstrap \(office.office)") { client in
            let reconciler = Reconciler(configuration: configuration, client: client, logger: logger)
            let (sent, left) = try await reconciler.bootstrap(office, progress)
            try await note(
                OperatorAction(
                    at: WallClock.system.now, person: person, action: "bootstrapped", target: office.office.text,
                    count: sent, reason: nil), what: "'\(office.office)' was bootstrapped")
            return BootstrapReport(office: office.office.text, sent: sent, left: left)
        }
    }
}
