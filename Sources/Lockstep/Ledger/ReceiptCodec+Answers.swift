extension ReceiptCodec {
    /// Writes what an office reports of the deliveries that it has answered, and says how many receipts that are.
    ///
    /// Nothing of those that it gives back, since it has not looked at them, and nothing of those that are no events:
    /// nobody could ask for them.
    public static func json(
        office: OfficeName, at now: Timestamp, deliveries: [EventDelivery], answers: [DeliveryAnswer]
    ) -> (json: [UInt8], receipts: Int) {
        var writer = ReceiptWriter(office: office, at: now, most: deliveries.count)
        for (delivery, answer) in zip(deliveries, answers) {
            guard case .success(let event) = delivery.content, let outcome = answer.reported(at: now) else { continue }
            writer.append(event.id, event.subject, event.version, outcome, attempt: delivery.attempt)
        }
        return (writer.finish(), writer.count)
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
