import Lockstep
import RabbitMQ

extension DeadLetters {
    /// Takes away what is here twice since it came back while its office was deleted.
    ///
    /// For a moment both of the office's queues take what comes back: lest anything comes to none. What was in the office's
    /// queue became a dead letter; its twin came here by itself. It goes once the other one was seen here.
    func dropTwins() async throws(LockstepError) {
        var late: Set<String> = []
        try await look(expecting: nil) { delivery in
            let message = delivery.message
            if DeadLetter.cameBackToNobody(message) { late.insert(DeadLetter.identifier(of: message)) }
            return true
        }
        guard !late.isEmpty else { return }
        var twins: Set<String> = []
        try await look(expecting: nil) { delivery in
            let headers = delivery.message.properties.headers
            let id = DeadLetter.identifier(of: delivery.message)
            if late.contains(id), headers[DeliveryHeaders.diedAt] != nil,
                headers[DeliveryHeaders.errorClass]?.string == Failure.Class.deleted.name
            {
                twins.insert(id)
            }
            return true
        }
        guard !twins.isEmpty else { return }
        do {
            let silent: ([String], Int) -> Void = { _, _ in }
            try await take(.ids(twins), rate: nil, silent) { chosen in
                chosen.map { DeadLetter.cameBackToNobody($0.message) ? .taken : .kept }
            }
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }
}
