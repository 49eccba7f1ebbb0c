import Lockstep
import RabbitMQ

/// Where deliveries go that are not done: into a waiting queue, or to the dead letters.
struct RetryLadder {
    let office: OfficeName

    /// The publication that brings a delivery back after a delay.
    ///
    /// The expiration lies a little below the queue's own, by chance, so that what failed together does not come back
    /// all at once. Where the office's system asked for the time, it gets all of it.
    ///
    /// - Parameter jitter: 0 to 1.
    func waiting(
        _ message: Message,
        after delay: RetryDelay,
        attempt: Int,
        failure: Failure,
        at now: Timestamp,
        jitter: Double
    ) -> Publication {
        var message = DeliveryHeaders.noting(failure, attempt: attempt, at: now, on: message)
        let longest = Double(delay.duration.milliseconds)
        let less = failure.kind == .later ? 0 : 0.2 * min(max(jitter, 0), 1)
        message.properties.expiration = String(Int(longest * (1 - less)))
        return Publication(message, to: BrokerName.wait, routingKey: BrokerName.waitKey(delay, office))
    }

    /// The publication that makes a dead letter of a message whose own headers cannot be written anew.
    ///
    /// Rejecting it instead would leave that to the broker, which adds to the headers, too, and could then hand the
    /// dead letter to nobody: a frame has no room for it.
    func bare(_ message: Message) -> Publication {
        Publication(DeliveryHeaders.bare(message), to: BrokerName.dead, routingKey: office.text)
    }

    /// The publication that makes a delivery a dead letter.
    func dead(_ message: Message, attempt: Int, failure: Failure, at now: Timestamp) -> Publication {
        var message = DeliveryHeaders.noting(failure, attempt: attempt, at: now, on: message)
        message.properties.headers[DeliveryHeaders.diedAt] = .string(now.rfc3339)
        return Publication(message, to: BrokerName.dead, routingKey: office.text)
    }
}
