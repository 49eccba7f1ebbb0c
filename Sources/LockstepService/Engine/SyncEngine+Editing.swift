public import Lockstep
import LockstepSQLite
import Synchronization

extension SyncEngine {
    /// Makes a change in an office of this engine: it is in the office's replica when this returns, and published as soon as
    /// the broker is there.
    ///
    /// The office's closure, adapter or webhook is not told of it, unless the change says that its system does not know.
    ///
    /// ```swift
    /// try await engine.edit("SchedulingTool", RecordEdit(try Subject("permit/24-019651"), ["slot": "2024-07-04T09:00:00Z"]))
    /// ```
    ///
    /// - Parameters:
    ///   - name: The office's name.
    ///   - edit: The change.
    /// - Returns: The event that is published.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no such office, or it has never been at work here; what
    ///   `SQLiteReplica` in `LockstepSQLite` throws.
    @discardableResult
    public func edit(_ name: String, _ edit: RecordEdit) async throws -> Event {
        let name = try OfficeName(name)
        guard let office = state.withLock({ $0.offices[name] }) else {
            throw LockstepError(.notFound, "No office '\(name)' is registered with this engine.")
        }
        let replica = try configuration.replicaToEdit(of: office.subscription)
        defer { try? replica.close() }
        return try await replica.edit(edit)
    }
}
