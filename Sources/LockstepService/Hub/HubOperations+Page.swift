import FoundationEssentials
import Lockstep
import LockstepSQLite
import LockstepServer

extension HubOperations {
    /// How many conflicts the page shows of each office.
    private static let longest = 50

    func overview() async throws -> HubOverview {
        var notes: [String] = []
        var offices: [OfficeRow] = []
        do {
            offices = try await operations.officeRows()
        } catch {
            notes.append("the offices' queues: \(ErrorText.text(error))")
        }
        let conflicts = await conflictTable(&notes)
        let intake = await intakeTable(&notes)
        return HubOverview(tables: [Self.table(of: offices), conflicts, intake], notes: notes, at: clock.now.rfc3339)
    }

    private static func table(of offices: [OfficeRow]) -> HubOverview.Table {
        func number(_ number: Int?) -> String { number.map(NumberText.grouped) ?? "-" }
        let urgent = offices.indices.filter { (offices[$0].dead ?? 0) > 0 || offices[$0].consumers == 0 }
        return HubOverview.Table(
            "Offices",
            columns: ["Office", "Workers", "Ready", "In work", "Waiting", "Dead", "In a second", "Out a second"],
            rows: offices.map { row in
                [
                    row.office, row.consumers == 0 ? "nobody works" : number(row.consumers), number(row.ready),
                    number(row.unacknowledged), number(row.waiting), number(row.dead), NumberText.rate(row.rateIn),
                    NumberText.rate(row.rateOut),
                ]
            }, ifEmpty: "No office is known.", urgent: Set(urgent))
    }

    private func conflictTable(_ notes: inout [String]) async -> HubOverview.Table {
        var rows: [[String]] = []
        for office in (try? await configuration)?.offices ?? base.configuration.offices where hasReplica(office) {
            do {
                let open = try await base.reader(of: office).conflicts([.open], limit: Self.longest)
                rows += open.map { stored in
                    [
                        office.office.text, stored.conflict.subject.text, stored.conflict.fieldText,
                        stored.conflict.values.map { "\($0.version.origin): \($0.text)" }.joined(separator: ", "),
                        stored.openedAt.rfc3339, stored.id,
                    ]
                }
            } catch {
                notes.append("the conflicts of \(office.office): \(ErrorText.text(error))")
            }
        }
        return HubOverview.Table(
            "Conflicts that wait for a person", columns: ["Office", "Record", "Field", "Values", "First seen", "Id"],
            rows: rows, ifEmpty: "There are none.", urgent: Set(rows.indices))
    }

    private func intakeTable(_ notes: inout [String]) async -> HubOverview.Table {
        var rows: [[String]] = []
        var isUrgent = false
        do {
            let status = try await intake.outbox.status()
            isUrgent = status.refused + status.unrouted > 0
            rows = [
                [
                    NumberText.grouped(status.waiting), status.oldestWaiting?.rfc3339 ?? "-",
                    NumberText.grouped(status.sent), NumberText.grouped(status.unrouted),
                    NumberText.grouped(status.refused),
                ]
            ]
        } catch {
            notes.append("the hub's outbox: \(ErrorText.text(error))")
        }
        return HubOverview.Table(
            "Events that came by HTTP", columns: ["Waiting", "Oldest", "Sent", "Nobody wants", "Refused"], rows: rows,
            ifEmpty: "It is not known.", urgent: isUrgent ? [0] : [])
    }
}
