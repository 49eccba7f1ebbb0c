import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ

/// Compares offices with the core's replica and sends each side what it lacks.
struct Reconciler: Sendable {
    /// How long to wait before what differs is looked at again: what was on its way has arrived then.
    private static let pause = Duration.seconds(2)

    let configuration: Configuration
    let client: RabbitMQClient
    let logger: Logger

    /// Compares an office.
    ///
    /// - Parameters:
    ///   - repairing: Whether each side is sent what it lacks.
    ///   - found: Told what differs, after it was sent.
    func reconcile(
        _ office: Subscription, repairing: Bool, _ found: @escaping @Sendable ([DriftFinding]) -> Void
    ) async throws -> DriftComparison.Summary {
        let metrics = DriftMetrics(office: office.office)
        do {
            let core = try coreOffice()
            let reader = try coreReader(core)
            let scope = DriftScope(office)
            var index: DriftIndex?
            if !scope.isEverything { index = try await reader.driftIndex { scope.interest(in: $0) == .whole } }
            let tree = index
            let summary = try await withSource(of: office.office) { source in
                let comparison = DriftComparison(
                    core: reader, index: tree, office: source, scope: scope, horizon: horizon
                ) {
                    try await Task.sleep(for: Self.pause)
                }
                return try await comparison.run { findings in
                    if repairing {
                        try await repair(findings, office.office, core.office)
                        metrics.repaired(findings.count)
                    }
                    found(findings)
                }
            }
            metrics.compared(summary)
            return summary
        } catch {
            if !(error is CancellationError) { metrics.comparisonFailed() }
            throw error
        }
    }

    /// What replicas may have forgotten by now.
    private var horizon: ClockReading? {
        guard let age = configuration.limits.age else { return nil }
        return ClockReading(
            at: Timestamp(microseconds: WallClock.system.now.microseconds - age.components.seconds * 1_000_000))
    }

    /// Sends an office all records of the core that it should have all of.
    ///
    /// - Returns: How many were sent, and how many were not since the office gets only some of their events.
    func bootstrap(
        _ office: Subscription, _ sent: @escaping @Sendable (Int) -> Void
    ) async throws -> (sent: Int, left: Int) {
        let reader = try coreReader(try coreOffice())
        let scope = DriftScope(office)
        let sender = try sender()
        var (count, left) = (0, 0)
        for try await page in reader.states {
            let wanted = page.filter { scope.interest(in: $0.routes) == .whole }
            left += page.count { [.part, .unknown].contains(scope.interest(in: $0.routes)) }
            if !wanted.isEmpty { try await sender.send(wanted, to: office.office) }
            count += wanted.count
            sent(count)
        }
        return (count, left)
    }

    private func repair(_ findings: [DriftFinding], _ office: OfficeName, _ core: OfficeName) async throws {
        let sender = try sender()
        // Some at a time: all of them together may be large.
        for start in stride(from: 0, to: findings.count, by: 64) {
            let some = findings[start..<min(start + 64, findings.count)]
            try await sender.send(some.compactMap(\.forOffice), to: office)
            try await sender.send(some.compactMap(\.forCore), to: core)
        }
        for finding in findings {
            logger.warning(
                "A record had drifted; each side was sent what it lacked",
                metadata: [
                    "office": "\(office)", "record": "\(finding.subject)", "difference": "\(finding.kind.rawValue)",
                ])
        }
    }

    /// The office's file where it is on this machine, else the office itself through the broker.
    private func withSource<Result: Sendable>(
        of office: OfficeName, _ work: @escaping @Sendable (any DriftSource) async throws -> Result
    ) async throws -> Result {
        let file = configuration.replicaFile(of: office)
        if FileManager.default.fileExists(atPath: file) { return try await work(try OfficeReader(path: file)) }
        return try await RemoteOffice.with(office, client: client) { try await work($0) }
    }

    private func sender() throws(LockstepError) -> StateSender {
        let origin: Origin
        if let own = configuration.origin { origin = own } else { origin = try Origin(try coreOffice().office.text) }
        return StateSender(RabbitMQTransport(client, logger: logger), from: origin)
    }

    /// The office whose replica is the core's.
    func coreOffice() throws(LockstepError) -> Subscription {
        guard let name = configuration.reconcile.core else {
            throw LockstepError(
                .invalidConfiguration,
                "There is no core to compare with: set 'reconcile.core' to an office that takes every event (\"#\")."
            )
        }
        let core = try configuration.office(named: name.text)
        guard DriftScope(core).isEverything else {
            throw LockstepError(
                .invalidConfiguration,
                "The office '\(name)' does not take every event, so its replica is not the core's: give it the pattern \"#\"."
            )
        }
        return core
    }

    private func coreReader(_ core: Subscription) throws(LockstepError) -> OfficeReader {
        let file = configuration.replicaFile(of: core.office)
        guard FileManager.default.fileExists(atPath: file) else {
            throw LockstepError(
                .notFound,
                "The core's replica is not at \(file): run this on the machine of 'lockstep worker \(core.office)'."
            )
        }
        return try OfficeReader(path: file)
    }
}
