import Lockstep
import LockstepRabbitMQ
import RabbitMQ

extension Operations {
    /// How long a person waits for an office's worker.
    private static let patience = Duration.seconds(5)

    /// What the office itself says would become of an event, wherever its worker is.
    ///
    /// The worker has the replica and the adapter; a replica's file on this machine may be one that was left behind. Where
    /// no worker answers, what is known without it stays, and the answer says why the adapter was not asked.
    func asking(
        _ office: Subscription, of event: Event, _ client: RabbitMQClient, _ edit: DeadLetterEdit
    ) async throws -> DeadLetterEdit {
        var edit = edit
        edit.adapter = DeadLetterEdit.notAsked
        if let pause = try await current().stored.pauses[office.office] {
            edit.adapterReason = "the office is paused (\(pause.cause)), and answers nothing meanwhile; resume it first"
            return edit
        }
        do {
            let answer = try await RemoteOffice.with(office.office, client: client, patience: Self.patience) { office in
                try await office.rehearse(event)
            }
            edit.note(answer.acceptance)
            edit.adapter = answer.adapter?.word.rawValue ?? "none"
            edit.adapterReason = answer.adapter?.reason
        } catch let error as LockstepError {
            edit.adapterReason = error.message
        } catch let error as RabbitMQError {
            edit.adapterReason = error.message
        }
        return edit
    }
}

extension DeadLetterEdit {
    /// Nobody could ask the office's adapter.
    static let notAsked = "not-asked"

    /// Notes what a replica would make of it.
    mutating func note(_ acceptance: Acceptance) {
        outcome = acceptance.refusal == nil ? acceptance.outcome.rawValue : "refused"
        reason = acceptance.refusal
    }
}
