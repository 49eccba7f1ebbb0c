extension ReceiptBatch {
    /// What an office reports of the deliveries that it has answered.
    ///
    /// Nothing of those that it gives back, since it has not looked at them, and nothing of those that are no events:
    /// nobody could ask for them.
    public init(office: OfficeName, at now: Timestamp, deliveries: [EventDelivery], answers: [DeliveryAnswer]) {
        var receipts: [Receipt] = []
        receipts.reserveCapacity(deliveries.count)
        for (delivery, answer) in zip(deliveries, answers) {
            guard case .success(let event) = delivery.content, let outcome = answer.reported(at: now) else { continue }
            receipts.append(
                Receipt(
                    event: event.id, subject: event.subject, version: event.version, outcome: outcome,
                    attempt: delivery.attempt))
        }
        self.init(office: office, at: now, receipts: receipts)
    }
}

extension DeliveryAnswer {
    fileprivate func reported(at now: Timestamp) -> Receipt.Outcome? {
        switch verdict {
        case .done: outcome.map { .done($0) }
        case .retry(let delay, _, let failure):
            .waiting(until: now.advanced(by: delay.duration), reason: failure.reason)
        case .dead(let failure): .dead(reason: failure.reason)
        case .giveBack: nil
        }
    }
}
