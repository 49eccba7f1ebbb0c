import FoundationEssentials
import HTTPTypes
import Lockstep
import LockstepSQLite
import LockstepServer

extension HubOperations {
    func offices() async throws -> HubPage {
        try HubPage(try await operations.officeRows())
    }

    func office(_ name: String) async throws -> HubDocument {
        struct Office: Encodable {
            let queue: OfficeRow
            @OrNull var replica: OfficeReport?
        }
        let subscription = try await configuration.office(named: name)
        guard let row = try await operations.officeRows().first(where: { $0.office == subscription.office.text }) else {
            throw LockstepError(.notFound, "there is no office '\(name)' any more")
        }
        let isHere = hasReplica(subscription)
        return try HubDocument(Office(queue: row, replica: isHere ? try await base.report(of: subscription) : nil))
    }

    func deadLetters(of office: String, _ range: HubRange) async throws -> HubPage {
        let name = try await base.officeWithDeadLetters(office)
        return try await range.page { try await base.deadLetters(of: name, skipping: $0, limit: $1) }
    }

    func deadLetter(_ id: String, of office: String) async throws -> HubDocument {
        try HubDocument(
            try await base.deadLetter(
                id, of: try await base.officeWithDeadLetters(office), payload: true))
    }

    func replayDeadLetters(
        _ selection: DeadLetterSelection, rate: Int, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try HubDocument(
            try await base.replayDeadLetters(
                selection, of: try await configuration.office(named: office).office, rate: rate, by: deed.person,
                reason: deed.reason))
    }

    func discardDeadLetters(
        _ selection: DeadLetterSelection, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try HubDocument(
            try await base.discardDeadLetters(
                selection, of: try await base.officeWithDeadLetters(office), by: deed.person,
                reason: deed.reason))
    }

    func deadLetterCauses(of office: String) async throws -> HubPage {
        try HubPage(try await base.deadLetterCauses(of: try await base.officeWithDeadLetters(office)))
    }

    func editDeadLetter(
        _ id: String, of office: String, _ repair: HubRepair, _ deed: HubDeed
    ) async throws -> HubDocument {
        let change = DeadLetterChange(data: repair.data, fields: repair.fields, attributes: repair.attributes)
        return try HubDocument(
            try await base.editDeadLetter(
                id, of: try await configuration.office(named: office), change, dryRun: repair.isRehearsal,
                by: deed.person,
                reason: deed.reason))
    }

    func replayEvents(
        _ selection: PastEventSelection, rate: Int, isRehearsal: Bool, to office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try HubDocument(
            try await base.replayEvents(
                selection, to: try await configuration.office(named: office), rate: rate, dryRun: isRehearsal,
                by: deed.person,
                reason: deed.reason))
    }

    func migrateTopology(of office: String?, _ deed: HubDeed) async throws -> HubDocument {
        let configuration = try await configuration
        let name = try office.map { try configuration.office(named: $0).office }
        return try HubDocument([
            "queues": try await base.migrateTopology(of: name, by: deed.person, reason: deed.reason)
        ])
    }

    func conflicts(_ question: HubConflictQuestion, _ range: HubRange) async throws -> HubPage {
        let configuration = try await configuration
        let offices = try question.office.map { [try configuration.office(named: $0)] } ?? configuration.offices
        let states: ConflictStates =
            switch question.states {
            case .open: .open
            case .unsettled: .unsettled
            case .all: .all
            }
        return try await range.page { skipped, count in
            let limit = skipped + count
            var found: [OfficeConflict] = []
            for office in offices where question.office != nil || hasReplica(office) {
                found += try await base.reader(of: office).conflicts(states.states, limit: limit).map {
                    OfficeConflict(office: office.office, stored: $0)
                }
            }
            return Array(found.sorted { $0.stored.openedAt > $1.stored.openedAt }.prefix(limit).dropFirst(skipped))
        }
    }

    func resolveConflict(_ id: String, _ decision: HubDecision, _ deed: HubDeed) async throws -> HubDocument {
        let resolution = try ConflictResolution(id, decision.choice, reason: deed.reason, person: deed.person)
        let office = try await self.office(of: id, named: decision.office)
        return try HubDocument(try await base.resolve(resolution, in: office))
    }

    /// The office in whose replica a conflict is settled.
    private func office(of conflict: String, named name: String?) async throws -> Subscription {
        if let name { return try await configuration.office(named: name) }
        for office in try await configuration.offices where hasReplica(office) {
            do {
                _ = try await base.conflict(conflict, of: office)
                return office
            } catch let error as LockstepError where error.code == .notFound {
                continue
            }
        }
        throw LockstepError(
            .notFound,
            "no office on the hub's machine knows of such a conflict; GET /v1/conflicts lists those there are")
    }

    func hasReplica(_ office: Subscription) -> Bool {
        FileManager.default.fileExists(atPath: base.configuration.replicaFile(of: office.office))
    }
}

/// A conflict, and whose replica knows of it.
private struct OfficeConflict: Encodable, Sendable {
    private enum Key: String, CodingKey { case office }

    let office: OfficeName
    let stored: StoredConflict

    func encode(to encoder: any Encoder) throws {
        try ConflictDetail(stored).encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(office.text, forKey: .office)
    }
}
