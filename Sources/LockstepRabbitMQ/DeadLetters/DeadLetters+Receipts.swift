public import Lockstep
import RabbitMQ

extension DeadLetters {
    /// What the broker itself gave up, and what came back to an office that is gone, as the ledger has it: nobody else
    /// reports that.
    ///
    /// What is no event is left out: the ledger could not say of what it is.
    ///
    /// - Parameter visitor: Told that a delivery is dead, and since when.
    public func visitUnreported(_ visitor: (Receipt, Timestamp) -> Void) async throws(LockstepError) {
        try await look(expecting: nil) { delivery in
            guard delivery.message.properties.headers[DeliveryHeaders.diedAt] == nil,
                let event = try? EventHeaders.event(from: delivery)
            else { return true }
            let letter = DeadLetter(delivery)
            let receipt = Receipt(
                event: event.id, subject: event.subject, version: event.version, outcome: .dead(reason: letter.error),
                attempt: letter.attempts)
            // The broker notes it to the second, rounded down; what the office has said of it before was before.
            visitor(receipt, (letter.diedAt ?? WallClock.system.now).advanced(by: .seconds(1)))
            return true
        }
    }
}
