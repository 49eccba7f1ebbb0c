import Lockstep
import LockstepServer
import Synchronization

/// One operation, which goes on for ever.
extension ModelBackend {
    func begin(_ work: HubWork, _ deed: HubDeed) async throws -> (id: String, document: HubDocument)? {
        switch work {
        case .replayDeadLetters(_, _, let office), .discardDeadLetters(_, let office),
            .replayEvents(_, _, _, let office):
            try Self.check(office)
        case .migrateTopology(let office):
            if let office { try Self.check(office) }
        }
        deeds.withLock { $0.append(deed) }
        return ("e-1", try HubDocument(Operation(id: "e-1", kind: work.kind)))
    }

    func operations(_ range: HubRange) async throws -> HubPage { try HubPage([Operation(id: "e-1")]) }

    func operation(_ id: String) async throws -> HubDocument {
        guard id == "e-1" else { throw LockstepError(.notFound, "there is nothing of that name") }
        return try HubDocument(Operation(id: id))
    }

    func cancelOperation(_ id: String, _ deed: HubDeed) async throws -> HubDocument {
        deeds.withLock { $0.append(deed) }
        return try await operation(id)
    }

    private struct Operation: Encodable {
        let id: String
        var kind = "migration"
        let office = "ward-3", person = "admin", reason = "why", state = "failed", begun = "then", ended = "now"
        let done = 1, total = 2, problem = "it was down"
        let result = ["count": 1]
    }
}
