import LockstepTesting

@testable import RabbitMQ

/// A broker as a value, with a network that may break between any two steps.
///
/// Looks at what arrives in its order, answers whenever it likes, and forgets what it owed when the channel ends;
/// what it has stored it keeps.
struct ModelBroker {
    /// What it says to the publisher.
    enum Frame: Hashable {
        case back(Method.Return, messageID: String?)
        case confirm(tag: UInt64, multiple: Bool, isAck: Bool)
        case closeChannel
    }

    /// What happens to the messages of a routing key.
    enum Route: String, CaseIterable {
        case stored, unwanted, refusedAtTimes, closesTheChannel
    }

    /// Message ids in the order in which they were stored, with repetitions.
    private(set) var stored: [String] = []
    /// Message ids in the order in which they were looked at.
    private(set) var seen: [String] = []

    private var arriving: [Publication] = []
    private var leaving: [Frame] = []
    /// What it has looked at and not confirmed, and whether as an ack.
    private var owed: [(tag: UInt64, isAck: Bool)] = []
    private var lastTag: UInt64 = 0
    private var channelIsOpen = true

    mutating func publish(_ publication: Publication) {
        arriving.append(publication)
    }

    /// Looks at the next message.
    mutating func look(using generator: inout SeededGenerator) {
        guard channelIsOpen, !arriving.isEmpty else { return }
        let publication = arriving.removeFirst()
        let messageID = publication.message.properties.messageID
        seen.append(messageID ?? "")
        lastTag += 1
        switch Route(rawValue: publication.routingKey) {
        case .closesTheChannel:
            // What it still owes on this channel is never said.
            channelIsOpen = false
            owed = []
            leaving.append(.closeChannel)
        case .unwanted:
            let back = Method.Return(
                code: 312, reason: "NO_ROUTE", exchange: publication.exchange, routingKey: publication.routingKey)
            leaving.append(.back(back, messageID: messageID))
            owed.append((lastTag, true))
        case .refusedAtTimes where generator.chance(0.5):
            owed.append((lastTag, false))
        case .stored, .refusedAtTimes, nil:
            stored.append(messageID ?? "")
            owed.append((lastTag, true))
        }
    }

    /// Confirms one message, or all from the first on that have the same fate.
    mutating func confirm(using generator: inout SeededGenerator) {
        guard let first = owed.first else { return }
        if generator.chance(0.5) {
            let run = owed.prefix { $0.isAck == first.isAck }
            let count = Int.random(in: 1...run.count, using: &generator)
            leaving.append(.confirm(tag: run[count - 1].tag, multiple: true, isAck: first.isAck))
            owed.removeFirst(count)
        } else {
            let (tag, isAck) = owed.remove(at: Int.random(in: owed.indices, using: &generator))
            leaving.append(.confirm(tag: tag, multiple: false, isAck: isAck))
        }
    }

    /// The next frame that reaches the publisher.
    mutating func nextFrame() -> Frame? {
        leaving.isEmpty ? nil : leaving.removeFirst()
    }

    /// The connection breaks, or the channel is closed: what is on its way in either direction is gone.
    mutating func startOver() {
        arriving = []
        leaving = []
        owed = []
        lastTag = 0
        channelIsOpen = true
    }
}
