public import Lockstep
public import RabbitMQ

/// The broker's own note that an office is paused: one message in the office's queue for that.
///
/// It is there or it is not: so a word cannot be lost or overtaken, a worker that was away finds it as it stands, and setting
/// or clearing it again changes nothing.
public struct PauseMark: Sendable {
    /// How it stands.
    public enum State: Sendable, Hashable {
        /// The office is paused.
        case set
        /// It is not.
        case clear
        /// The broker has no place for it: that is of an older release, or of a deleted office.
        case missing
    }

    private let office: OfficeName
    private let client: RabbitMQClient

    /// An office's mark.
    public init(of office: OfficeName, _ client: RabbitMQClient) {
        self.office = office
        self.client = client
    }

    /// How it stands; takes no permissions.
    public func state() async throws -> State {
        guard let status = try await client.inspect(queue: BrokerName.paused(office)) else { return .missing }
        return status.messages > 0 ? .set : .clear
    }

    /// Sets it, durably; its place is made where it is missing.
    ///
    /// - Parameter pause: What people who look into the broker read.
    /// - Throws: ``/Lockstep/LockstepError`` or ``/RabbitMQ/RabbitMQError`` where the broker does not take it.
    public func set(_ pause: OfficePause) async throws {
        try await client.declare(Topology(queues: [OfficeTopology.paused(office)]))
        let text: JSONObject = [
            "office": JSONText(string: office.text), "since": JSONText(string: pause.since.rfc3339),
            "cause": JSONText(string: pause.cause.description),
        ]
        let message = Message(
            body: text.utf8, properties: MessageProperties(contentType: "application/json", type: "lockstep.paused"))
        guard try await client.publish(message, to: "", routingKey: BrokerName.paused(office)) == .confirmed else {
            throw LockstepError(
                .brokerUnavailable, "The broker did not take the note that the office '\(office)' is paused.")
        }
    }

    /// Clears it; its place is made where it is missing, as a worker that has seen it set takes that for a deletion.
    public func clear() async throws {
        try await client.declare(Topology(queues: [OfficeTopology.paused(office)]))
        try await client.purge(queue: BrokerName.paused(office))
    }
}
