import LockstepTesting
import RabbitMQ
import Testing

/// What was confirmed and what was delivered so far.
struct Traffic: Sendable {
    /// How many tasks publish, each one message at a time.
    static let publishers = 10

    let confirmed = Collected<String>()
    let delivered = Collected<String>()
}

/// Publishes and consumes without a pause while `disturb` does its worst, and a little longer; then both must agree.
///
/// The queue is called `q`, on as many nodes as there are. A publish that fails ends it with its error.
func nothingIsLost(
    _ endpoints: [Endpoint], heartbeat: Duration = .seconds(10), confirmTimeout: Duration = .seconds(30),
    during disturb: @Sendable (RabbitMQClient, Traffic) async throws -> Void
) async throws {
    var configuration = RabbitMQClientConfiguration(endpoints: endpoints)
    configuration.topology = Topology(queues: [.quorum("q")])
    configuration.heartbeat = heartbeat
    configuration.confirmTimeout = confirmTimeout
    try await withClient(configuration) { client in
        let traffic = Traffic()
        let isOver = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await client.consume(from: "q", options: .init(prefetch: 100)) { batch in
                    traffic.delivered.append(batch.map(\.message.text))
                    return Array(repeating: .ack, count: batch.count)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { publishers in
                for publisher in 0..<Traffic.publishers {
                    publishers.addTask {
                        var number = 0
                        while !isOver.isSet {
                            try await publish("\(publisher)/\(number)", client)
                            traffic.confirmed.append(["\(publisher)/\(number)"])
                            number += 1
                        }
                    }
                }
                defer { isOver.set() }
                await traffic.confirmed.untilCount(500)
                try await disturb(client, traffic)
                await traffic.confirmed.untilCount(traffic.confirmed.count + 500)
            }
            try await eventually("everything has arrived", within: .seconds(60)) {
                Set(traffic.delivered.all).isSuperset(of: traffic.confirmed.all)
            }
            #expect(Set(traffic.delivered.all) == Set(traffic.confirmed.all), "and nothing that nobody published")
            group.cancelAll()
            try await group.waitForAll()
        }
        try await eventually("the queue is empty and nobody is subscribed") {
            try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 0)
        }
    }
}

private func publish(_ text: String, _ client: RabbitMQClient) async throws {
    var outcome = PublishOutcome.refused
    // A queue that is still looking for its leader refuses.
    while outcome == .refused {
        outcome = try await client.publish(Message(text), to: "", routingKey: "q")
    }
    #expect(outcome == .confirmed)
}
