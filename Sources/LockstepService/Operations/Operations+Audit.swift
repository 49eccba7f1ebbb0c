import Lockstep
import LockstepSQLite

extension Operations {
    /// Notes for auditors what an operator has done.
    ///
    /// - Parameter what: What was done, for the error where it cannot be noted, like `'ward-3' was paused`.
    func note(_ action: OperatorAction, what: String) async throws(LockstepError) {
        do throws(LockstepError) {
            let audit = try SQLiteAudit(path: configuration.auditFile)
            defer { try? audit.close() }
            try await audit.note(action)
        } catch {
            throw LockstepError(
                error.code, "\(what), but that could not be noted for auditors: \(error.message)", underlying: error)
        }
    }
}
