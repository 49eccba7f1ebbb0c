import FoundationEssentials
import Lockstep
import LockstepSQLite
import LockstepServer

extension Operations {
    /// What the hub does or did while nobody waits for it, the newest first; how far one is may be ten seconds old.
    ///
    /// - Parameters:
    ///   - skipped: How many of the newest are left out.
    ///   - limit: How many at most.
    public func operations(skipping skipped: Int = 0, limit: Int) async throws -> [OperationRow] {
        try await storedOperations(skipping: skipped, limit: limit).map(OperationRow.init)
    }

    /// One operation.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound`.
    public func operation(_ id: String) async throws -> OperationRow {
        OperationRow(try await storedOperation(id))
    }

    /// Has an operation stopped: the hub that carries it out does so within a second.
    ///
    /// What it has done stays done, and nothing is lost.
    /// - Returns: The operation, which may go on for a moment.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound`; `refused` where it has ended, or cannot be stopped.
    public func cancelOperation(
        _ id: String, by person: String = UserName.current, reason: String
    ) async throws -> OperationRow {
        let operation = try await storedOperation(id)
        guard operation.kind != HubWork.migrateTopology(office: nil).kind else {
            throw LockstepError(
                .refused, "A migration is not stopped: its offices would stay paused. Wait for its end.")
        }
        let store = try hubStore()
        defer { try? store.close() }
        guard operation.state == .running, try await store.wantStopped(id) else {
            let state = try await store.operation(id)?.state ?? operation.state
            throw LockstepError(.refused, "The operation '\(id)' has ended: it is \(state.rawValue).")
        }
        try await note(
            OperatorAction(
                at: WallClock.system.now, person: person, action: "cancelled",
                target: operation.office?.text ?? "topology", detail: "\(operation.kind) \(operation.id)",
                reason: reason),
            what: "The operation '\(id)' is being stopped")
        return OperationRow(operation)
    }

    func storedOperations(skipping skipped: Int, limit: Int) async throws(LockstepError) -> [StoredOperation] {
        guard FileManager.default.fileExists(atPath: configuration.hubFile) else { return [] }
        let store = try hubStore()
        defer { try? store.close() }
        return try await store.operations(skipping: skipped, limit: limit)
    }

    func storedOperation(_ id: String) async throws(LockstepError) -> StoredOperation {
        let missing = LockstepError(
            .notFound, "There is no operation '\(id.prefix(64))'; those that ended are kept for 30 days.")
        guard FileManager.default.fileExists(atPath: configuration.hubFile) else { throw missing }
        let store = try hubStore()
        defer { try? store.close() }
        guard let operation = try await store.operation(id) else { throw missing }
        return operation
    }
}
