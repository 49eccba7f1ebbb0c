import Lockstep
import LockstepSQLite

enum EditSnippets {
    static func edit(_ office: Subscription) async throws {
        let replica = try SQLiteReplica(
            beside: "state/ward-3.sqlite", office: office.office, calendar: office.calendar, conflicts: office.conflicts
        )
        try await replica.edit(RecordEdit(try Subject("permit/24-019651"), ["status": "Issued", "hold": .null]))
    }
}
