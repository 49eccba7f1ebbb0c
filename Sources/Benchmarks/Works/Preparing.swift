import ArgumentParser
import RabbitMQ

/// Makes quorum queues that are empty: one, or several behind an exchange.
struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes empty queues.")
    @OptionGroup var options: WorkOptions
    @Flag(help: "Several queues, bound to an exchange of the same name.") var several = false

    func run() async throws {
        let names = several ? (0..<options.queues).map { "\(options.queue)-\($0)" } : [options.queue]
        try await withClient(options) { client in
            var topology = Topology(queues: names.map { Queue(name: $0, arguments: ["x-queue-type": "quorum"]) })
            if several {
                topology.exchanges = [Exchange(name: options.queue, kind: .fanout)]
                topology.bindings = names.map {
                    Binding(source: options.queue, destination: .queue($0), routingKey: "")
                }
            }
            try await client.declare(topology)
            for name in names { try await client.purge(queue: name) }
        }
    }
}

/// Puts messages into a queue, or into all queues of an exchange.
struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Fills queues.")
    @OptionGroup var options: WorkOptions
    @Flag(help: "By the exchange, into all of its queues.") var several = false

    func run() async throws {
        try await withClient(options) { client in
            let publications = (0..<options.count).map { number in
                several
                    ? Publication(.sample(number), to: options.queue, routingKey: "")
                    : Publication(.sample(number), to: "", routingKey: options.queue)
            }
            try await client.publishAll(publications[...])
        }
    }
}

extension Message {
    /// 512 bytes, persistent.
    static func sample(_ number: Int) -> Message {
        Message(
            body: [UInt8](repeating: UInt8(ascii: "x"), count: 512),
            properties: MessageProperties(messageID: "message-\(number)"))
    }
}

extension RabbitMQClient {
    /// Publishes in calls of some thousands, two of them under way: no confirm is waited for in between.
    func publishAll(_ publications: ArraySlice<Publication>) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { calls in
            var rest = publications
            var underWay = 0
            while underWay > 0 || !rest.isEmpty {
                while underWay < 2, !rest.isEmpty {
                    let call = Array(rest.prefix(5_000))
                    rest = rest.dropFirst(5_000)
                    calls.addTask { try await self.publish(call).allSatisfy { $0 == .confirmed } }
                    underWay += 1
                }
                guard try await calls.next() == true else { throw Spoiled(description: "not all was confirmed") }
                underWay -= 1
            }
        }
    }
}
