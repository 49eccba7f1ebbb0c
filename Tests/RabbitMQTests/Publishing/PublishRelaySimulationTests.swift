import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random histories of a publisher and a model broker over several connections: what the caller is told is true, and
/// all that it published arrives.
struct PublishRelaySimulationTests {
    @Test
    func loseNothingAndConfirmOnlyWhatIsStored() throws {
        try forEachSeed(10_000) { _, generator in
            var relay = Relay(using: &generator)
            for _ in 0..<Int.random(in: 20...60, using: &generator) {
                switch Int.random(in: 0..<40, using: &generator) {
                case 0..<7: relay.accept(using: &generator)
                case 7..<14: try relay.send(using: &generator)
                case 14..<24: relay.broker.look(using: &generator)
                case 24..<31: relay.broker.confirm(using: &generator)
                case 31..<38: try relay.receive()
                case 38: relay.abandon(using: &generator)
                default: relay.loseConnection(using: &generator)
                }
            }
            try relay.heal(using: &generator)
            try relay.checkEveryEnd()
        }
    }
}

private struct Relay {
    private enum End: Hashable {
        case told(PublishOutcome)
        /// It made the broker close the channel.
        case culprit
        /// The caller went away before it was sent.
        case forgotten
    }

    var broker = ModelBroker()
    private let limits: PublishWindow.Limits
    private var queue: PublishQueue
    private var accepted: [Publication] = []
    private var ends: [Int: [End]] = [:]
    /// Entries on this channel that have no end yet, in the order of sending.
    private var underWay: [Int] = []
    /// What the next sends have to be: all that was under way when the last channel ended.
    private var again: [Int] = []
    /// What was under way when a channel was closed over one of several: each of them is sent alone.
    private var suspects: Set<Int> = []
    /// The last one that was sent on this channel.
    private var last = -1

    init(using generator: inout SeededGenerator) {
        limits = PublishWindow.Limits(messages: Int.random(in: 1...6, using: &generator), bytes: 60)
        queue = PublishQueue(limits: limits)
    }

    /// A caller publishes something.
    mutating func accept(using generator: inout SeededGenerator) {
        let routes: [ModelBroker.Route] = [.stored, .stored, .stored, .unwanted, .refusedAtTimes, .closesTheChannel]
        accept(route: generator.chance(0.5) ? .stored : routes.randomElement(using: &generator) ?? .stored)
    }

    private mutating func accept(route: ModelBroker.Route, messageID: String? = nil) {
        var properties = MessageProperties()
        properties.messageID = messageID ?? "m\(accepted.count)"
        let publication = Publication(Message(body: [], properties: properties), to: "e", routingKey: route.rawValue)
        let number = accepted.count
        queue.append(PublishQueue.Entry(publication: publication, size: 7 + number % 7, batch: number, index: number))
        accepted.append(publication)
    }

    /// Sends some of what may be sent.
    mutating func send(using generator: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard let next = queue.nextWaiting else { return }
            try demand(next.publication == accepted[next.index], "the same message under the same id")
            try demand(next.index > last, "in the order in which they were accepted")
            if let first = again.first {
                try demand(next.index == first, "first what had no confirm")
                again.removeFirst()
            }
            let isAlone = underWay.isEmpty || suspects.isDisjoint(with: underWay + [next.index])
            try demand(isAlone, "one of two could not be told from the other")
            queue.sentFirst(at: .now)
            broker.publish(next.publication)
            underWay.append(next.index)
            last = next.index
            try demand(underWay.count == queue.unconfirmed && underWay.count <= limits.messages)
        }
    }

    /// Takes in the next frame of the broker.
    mutating func receive() throws {
        switch broker.nextFrame() {
        case nil: break
        case .back(let back, let messageID):
            let wasFound = queue.markReturned(back, messageID: messageID)
            try demand(wasFound)
        case .confirm(let tag, let multiple, let isAck):
            var settled: [(index: Int, outcome: PublishOutcome)] = []
            try queue.confirm(tag, multiple: multiple, isAck: isAck) { settled.append(($0.index, $1)) }
            for (index, outcome) in settled {
                try demand(underWay.contains(index))
                underWay.removeAll { $0 == index }
                try note(outcome, for: index)
            }
        case .closeChannel:
            let culprit = queue.channelFailed()
            if let culprit {
                try demand(underWay == [culprit.index])
                try demand(culprit.publication.routingKey == ModelBroker.Route.closesTheChannel.rawValue)
                ends[culprit.index, default: []].append(.culprit)
                underWay = []
            } else {
                suspects.formUnion(underWay)
            }
            startOver()
        }
    }

    private mutating func note(_ outcome: PublishOutcome, for index: Int) throws {
        ends[index, default: []].append(.told(outcome))
        let messageID = try #require(accepted[index].message.properties.messageID)
        let route = accepted[index].routingKey
        switch outcome {
        case .confirmed:
            try demand(broker.stored.contains(messageID), "confirmed and not stored")
        case .returned:
            try demand(route == ModelBroker.Route.unwanted.rawValue)
        case .refused:
            try demand(route == ModelBroker.Route.refusedAtTimes.rawValue)
            // The caller publishes it again, to a queue that has room by now.
            accept(route: .stored, messageID: messageID)
        }
    }

    /// A caller no longer waits.
    mutating func abandon(using generator: inout SeededGenerator) {
        guard let index = accepted.indices.randomElement(using: &generator) else { return }
        queue.abandon(batch: index)
        guard ends[index] == nil, !underWay.contains(index) else { return }
        ends[index] = [.forgotten]
        again.removeAll { $0 == index }
    }

    mutating func loseConnection(using generator: inout SeededGenerator) {
        // What had arrived by then the broker may have looked at.
        for _ in 0..<Int.random(in: 0...3, using: &generator) { broker.look(using: &generator) }
        queue.connectionOpened()
        startOver()
    }

    private mutating func startOver() {
        again = underWay + again
        underWay = []
        last = -1
        broker.startOver()
    }

    /// From now on nothing breaks: it must come to an end.
    mutating func heal(using generator: inout SeededGenerator) throws {
        loseConnection(using: &generator)
        var rounds = 0
        while !queue.isEmpty {
            rounds += 1
            try demand(rounds < 5_000, "it never comes to an end")
            try send(using: &generator)
            broker.look(using: &generator)
            broker.confirm(using: &generator)
            try receive()
        }
        try demand(queue.unconfirmed == 0 && again.isEmpty && underWay.isEmpty)
    }

    func checkEveryEnd() throws {
        for (index, publication) in accepted.enumerated() {
            let end = try #require(ends[index], "\(index) was lost")
            try demand(end.count == 1, "\(index) ended more than once")
            let messageID = try #require(publication.message.properties.messageID)
            switch ModelBroker.Route(rawValue: publication.routingKey) {
            case .stored where end != [.forgotten]:
                try demand(end == [.told(.confirmed)] && broker.stored.contains(messageID))
            case .unwanted, .closesTheChannel:
                try demand(end != [.told(.confirmed)] && !broker.stored.contains(messageID))
            default: break
            }
        }
        // Whatever was sent again: the broker saw all of them first in their order. An id that a caller published
        // again stands for several of them.
        let publishedOnce = Dictionary(grouping: accepted.map(\.message.properties.messageID), by: \.self)
            .filter { $0.value.count == 1 }
        var firstSeen: [String: Int] = [:]
        for (place, messageID) in broker.seen.enumerated() where firstSeen[messageID] == nil {
            firstSeen[messageID] = place
        }
        let places = accepted.compactMap(\.message.properties.messageID)
            .filter { publishedOnce[$0] != nil }.compactMap { firstSeen[$0] }
        try demand(places == places.sorted())
    }
}
