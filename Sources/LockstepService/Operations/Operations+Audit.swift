import Lockstep
import LockstepSQLite

extension Operations {
    /// Notes for auditors what an operator has done.
    ///
    /// - Parameter what: What was done, for the error where it cannot be noted, like `'ward-3' was paused`.
    func note(_ action: OperatorAction, what: String) async throws(LockstepError) {
        try await audit(after: what) { audit throws(LockstepError) in try await audit.note(action) }
    }

    /// Notes for auditors what an operator wants, before anything of it is done.
    ///
    /// Where the process is killed before it notes what was done, this is what auditors hear of it.
    /// - Returns: What names it, for ``end(_:with:what:)``.
    func begin(_ action: OperatorAction) async throws(LockstepError) -> Int64 {
        let begun = try await audit(after: "Nothing was done") { audit throws(LockstepError) in
            try await audit.begin(action)
        }
        CrashPoint.actionBegun.pass()
        return begun
    }

    /// Notes for auditors what was done of what was begun.
    ///
    /// - Parameters:
    ///   - actions: What was done; none: nothing was.
    ///   - what: As for ``note(_:what:)``.
    func end(_ begun: Int64, with actions: [OperatorAction] = [], what: String) async throws(LockstepError) {
        CrashPoint.actionDone.pass()
        try await audit(after: what) { audit throws(LockstepError) in try await audit.end(begun, with: actions) }
        CrashPoint.actionNoted.pass()
    }

    private func audit<Result>(
        after what: String, _ work: (SQLiteAudit) async throws(LockstepError) -> Result
    ) async throws(LockstepError) -> Result {
        do throws(LockstepError) {
            let audit = try SQLiteAudit(path: configuration.auditFile)
            defer { try? audit.close() }
            return try await work(audit)
        } catch {
            throw LockstepError(
                error.code, "\(what), but that could not be noted for auditors: \(error.message)", underlying: error)
        }
    }
}
