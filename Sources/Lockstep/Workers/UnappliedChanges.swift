/// What a worker knows of and its office has not applied: the batch in hand, and what it has put off; pure.
///
/// It knows nothing of what waits in the queue, nor of what another process put off.
struct UnappliedChanges: Sendable {
    private struct PutOff {
        /// When it was published, in milliseconds since 1970.
        let published: Int64
        /// When it should have come back by: later, somebody else has it.
        let deadline: Timestamp
    }

    /// How many deliveries are remembered that were put off.
    private static let most = 10_000
    /// How much later than asked for a delivery may come back and still count as put off.
    private static let patience = Duration.seconds(600)

    private var inHand: Int64?
    private var putOff: [EventID: PutOff] = [:]

    /// How many it remembers that were put off.
    var putOffCount: Int { putOff.count }

    /// When the oldest change was published, in milliseconds since 1970; nil: there is none.
    mutating func oldest(at now: Timestamp) -> Int64? {
        if !putOff.isEmpty { putOff = putOff.filter { $0.value.deadline >= now } }
        let oldestPutOff = putOff.values.lazy.map(\.published).min()
        return [inHand, oldestPutOff].compactMap { $0 }.min()
    }

    /// Notes that a batch is in hand.
    mutating func took(_ deliveries: [EventDelivery]) {
        inHand = deliveries.lazy.compactMap { try? $0.content.get().publishedMilliseconds }.min()
    }

    /// Notes that it is not any more, and what became of it.
    mutating func answered(_ deliveries: [EventDelivery], _ answers: [DeliveryAnswer], at now: Timestamp) {
        inHand = nil
        for (delivery, answer) in zip(deliveries, answers) {
            switch answer.verdict {
            case .retry(let delay, _, _):
                guard case .success(let event) = delivery.content else { continue }
                guard putOff.count < Self.most || putOff[event.id] != nil else { continue }
                putOff[event.id] = PutOff(
                    published: event.publishedMilliseconds,
                    deadline: now.advanced(by: delay.duration + Self.patience))
            case .done, .dead, .giveBack:
                guard !putOff.isEmpty, case .success(let event) = delivery.content else { continue }
                putOff[event.id] = nil
            }
        }
    }
}
