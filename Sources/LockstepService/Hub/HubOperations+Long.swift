import Lockstep
import LockstepSQLite
import LockstepServer

extension HubOperations {
    func begin(_ work: HubWork, _ deed: HubDeed) async throws -> (id: String, document: HubDocument)? {
        guard let long else { return nil }
        let (office, job) = try await job(of: work, deed)
        guard let begun = try await long.begin(work.kind, of: office, deed, job) else { return nil }
        return (begun.id, try HubDocument(OperationRow(begun)))
    }

    func operations(_ range: HubRange) async throws -> HubPage {
        try await range.page { skipped, limit in
            let stored = try await base.storedOperations(skipping: skipped, limit: limit)
            return stored.map { OperationRow(long?.current($0) ?? $0) }
        }
    }

    func operation(_ id: String) async throws -> HubDocument {
        let stored = try await base.storedOperation(id)
        return try HubDocument(OperationRow(long?.current(stored) ?? stored))
    }

    func cancelOperation(_ id: String, _ deed: HubDeed) async throws -> HubDocument {
        let row = try await base.cancelOperation(id, by: deed.person, reason: deed.reason)
        long?.stop(id)
        return try HubDocument(row)
    }

    /// Whose work it is, and how it is done; what cannot be done is said at once.
    private func job(of work: HubWork, _ deed: HubDeed) async throws -> (OfficeName?, LongOperations.Work) {
        let base = base
        switch work {
        case .replayDeadLetters(let selection, let rate, let office):
            let name = try await configuration.office(named: office).office
            return (
                name,
                { progress in
                    try HubDocument(
                        try await base.replayDeadLetters(
                            selection, of: name, rate: rate, by: deed.person, reason: deed.reason, progress: progress))
                }
            )
        case .discardDeadLetters(let selection, let office):
            let name = try await base.officeWithDeadLetters(office)
            return (
                name,
                { progress in
                    try HubDocument(
                        try await base.discardDeadLetters(
                            selection, of: name, by: deed.person, reason: deed.reason, progress: progress))
                }
            )
        case .replayEvents(let selection, let rate, let isRehearsal, let office):
            let subscription = try await configuration.office(named: office)
            return (
                subscription.office,
                { progress in
                    try HubDocument(
                        try await base.replayEvents(
                            selection, to: subscription, rate: rate, dryRun: isRehearsal, by: deed.person,
                            reason: deed.reason, progress: progress))
                }
            )
        case .migrateTopology(let office):
            let configuration = try await configuration
            let name = try office.map { try configuration.office(named: $0).office }
            return (
                name,
                { progress in
                    try HubDocument([
                        "queues": try await base.migrateTopology(
                            of: name, by: deed.person, reason: deed.reason, progress: progress)
                    ])
                }
            )
        }
    }
}
