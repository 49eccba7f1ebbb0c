import Lockstep
import LockstepSQLite
import LockstepServer

extension HubOperations {
    func begin(_ work: HubWork, _ deed: HubDeed) async throws -> (id: String, document: HubDocument)? {
        guard let long else { return nil }
        let (office, job) = try await job(of: work, deed)
        guard let begun = try await long.begin(work.kind, of: office, deed, job) else { return nil }
        return (begun.id, try HubDocument(OperationDetail(begun)))
    }

    func operations(_ range: HubRange) async throws -> HubPage {
        guard let long else { return try HubPage([OperationDetail]()) }
        return try await range.page { try await long.list(skipping: $0, limit: $1).map(OperationDetail.init) }
    }

    func operation(_ id: String) async throws -> HubDocument {
        guard let long else { throw LockstepError(.notFound, "There is no operation '\(id.prefix(64))'.") }
        return try HubDocument(OperationDetail(try await long.operation(id)))
    }

    func cancelOperation(_ id: String, _ deed: HubDeed) async throws -> HubDocument {
        guard let long else { throw LockstepError(.notFound, "There is no operation '\(id.prefix(64))'.") }
        let operation = try await long.cancel(id)
        try await base.note(
            OperatorAction(
                at: clock.now, person: deed.person, action: "cancelled", target: operation.office?.text ?? "topology",
                detail: "\(operation.kind) \(operation.id)", reason: deed.reason),
            what: "The operation '\(id)' is being stopped")
        return try HubDocument(OperationDetail(operation))
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
                { _ in
                    try HubDocument([
                        "queues": try await base.migrateTopology(of: name, by: deed.person, reason: deed.reason)
                    ])
                }
            )
        }
    }
}

/// An operation as it is answered.
struct OperationDetail: Encodable, Sendable {
    private enum Key: String, CodingKey {
        case id, kind, office, person, reason, state, done, total, begun, ended, result, problem
    }

    private let operation: StoredOperation

    init(_ operation: StoredOperation) {
        self.operation = operation
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(operation.id, forKey: .id)
        try container.encode(operation.kind, forKey: .kind)
        try container.encode(operation.office?.text, forKey: .office)
        try container.encode(operation.person, forKey: .person)
        try container.encode(operation.reason, forKey: .reason)
        try container.encode(operation.state.rawValue, forKey: .state)
        try container.encode(operation.done, forKey: .done)
        try container.encode(operation.total, forKey: .total)
        try container.encode(operation.begun.rfc3339, forKey: .begun)
        try container.encode(operation.ended?.rfc3339, forKey: .ended)
        let result = try operation.result.map { EncodedJSON(value: try JSONText(parsing: $0)) }
        try container.encode(result, forKey: .result)
        try container.encode(operation.problem, forKey: .problem)
    }
}
