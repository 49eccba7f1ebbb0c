import FoundationEssentials
import Lockstep
import LockstepSQLite
import LockstepServer

extension HubOperations {
    /// How many conflicts the page shows of each office.
    private static let longest = 50

    func overview() async throws -> HubOverview {
        var notes: [String] = []
        var offices: [OfficeRow]?
        do {
            offices = try await operations.officeRows()
        } catch {
            notes.append("the offices' queues: \(ErrorText.reason(error))")
        }
        let tables = [
            OfficesOnPage(offices).table, await causeTable(offices, &notes), await conflictTable(&notes),
            await intakeTable(&notes),
        ]
        return HubOverview(tables: tables, notes: notes, at: clock.now.rfc3339)
    }

    private func causeTable(_ offices: [OfficeRow]?, _ notes: inout [String]) async -> HubOverview.Table {
        var rows: [[String]] = []
        let dead = (offices ?? []).compactMap { row in
            row.dead.flatMap { $0 > 0 ? (office: row.office, dead: $0) : nil }
        }
        do {
            let found = try await causes.causes(of: dead) { try await base.deadLetterCauses(of: try OfficeName($0)) }
            for (office, dead, causes) in found {
                guard let causes else {
                    let advice = "too many to look at here: lockstep dead-letters list \(office) --by-cause"
                    rows.append([office, NumberText.grouped(dead), "-", advice, "-"])
                    continue
                }
                rows += causes.map { cause in
                    [
                        office, NumberText.grouped(cause.count), "\(cause.errorClass) (\(cause.cause))", cause.reason,
                        cause.newest ?? "-",
                    ]
                }
            }
        } catch {
            notes.append("the causes of dead letters: \(ErrorText.reason(error))")
        }
        return HubOverview.Table(
            "Dead letters by cause", columns: ["Office", "Letters", "Cause", "Reason", "Last given up"], rows: rows,
            ifEmpty: offices == nil ? "It is not known." : "There are none.", numbers: [1], urgent: Set(rows.indices))
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
                notes.append("the conflicts of \(office.office): \(ErrorText.reason(error))")
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
            notes.append("the hub's outbox: \(ErrorText.reason(error))")
        }
        return HubOverview.Table(
            "Events that came by HTTP", columns: ["Waiting", "Oldest", "Sent", "Nobody wants", "Refused"], rows: rows,
            ifEmpty: "It is not known.", numbers: [0, 2, 3, 4], urgent: isUrgent ? [0] : [])
    }
}
