import Foundation
import Lockstep
import LockstepSQLite

extension Site {
    /// What operators did, as auditors read it: `action target × count`.
    func actions() async throws -> [String] {
        let audit = try SQLiteAudit(reading: directory.appending(path: "state/audit.sqlite").path)
        defer { try? audit.close() }
        return try await audit.actions(until: WallClock.system.now).map { "\($0.action) \($0.target) × \($0.count)" }
    }
}
