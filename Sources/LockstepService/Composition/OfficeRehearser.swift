import Lockstep
import LockstepSQLite
import Logging

/// Says what would become of an event in an office: in its replica, and in its own system.
struct OfficeRehearser: OfficeRehearsing {
    /// How long the adapter may take: whoever asks waits little longer.
    static let patience = Duration.seconds(4)

    let reader: OfficeReader
    let subscription: Subscription
    /// The office's own system, where it has one.
    let adapter: (any Adapter)?
    let logger: Logger

    func rehearse(_ event: Event) async throws -> OfficeRehearsal {
        let replica = try await reader.rehearse(event, for: subscription)
        guard let adapter else { return OfficeRehearsal(replica.acceptance, adapter: nil) }
        let change: Change
        if adapter.wants == .events, event.operation != .state {
            if let reason = replica.acceptance.refusal {
                return OfficeRehearsal(
                    replica.acceptance, adapter: .notTold("the office cannot show the record: \(reason)"))
            }
            change = Change(event)
        } else {
            guard let state = replica.change else {
                return OfficeRehearsal(
                    replica.acceptance, adapter: .notTold("it knows the record as it would be then"))
            }
            change = state
        }
        return OfficeRehearsal(replica.acceptance, adapter: try await ask(adapter, change))
    }

    /// Asks the adapter, but not for ever.
    private func ask(_ adapter: any Adapter, _ change: Change) async throws -> Rehearsal {
        let context = AdapterContext(
            office: subscription.office, concurrency: subscription.pace.concurrency, logger: logger)
        return try await withThrowingTaskGroup(of: Rehearsal.self) { group in
            group.addTask {
                do {
                    let answers = try await adapter.rehearse([change], in: context)
                    guard answers.count == 1, let answer = answers.first else {
                        return .cannotSay("the adapter was asked about one change, and answered for \(answers.count)")
                    }
                    return answer
                } catch {
                    // What is not made for people may hold a payload.
                    return .cannotSay((error as? LockstepError)?.message ?? "the adapter threw \(type(of: error))")
                }
            }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                return .cannotSay("the adapter did not answer within \(Self.patience.components.seconds) s")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .cannotSay("the adapter did not answer")
        }
    }
}
