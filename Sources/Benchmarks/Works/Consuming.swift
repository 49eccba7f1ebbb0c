import ArgumentParser
import RabbitMQ

/// The prefetch, and how many deliveries are acknowledged together at most.
private let consumerOptions = ConsumerOptions(prefetch: 500, batching: .immediate(limit: 125))

/// One consumer takes what is in a queue.
struct Consume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Consumes a queue.")
    @OptionGroup var options: WorkOptions
    @Flag(help: "On the connection's own thread.") var near = false

    func run() async throws {
        try await withClient(options) { client in
            try await withTaskExecutorPreference(near ? client.consumingExecutor : nil) {
                try await client.drain([options.queue], of: options.count, as: "consume")
            }
        }
    }
}

/// Many consumers in one process take what is in their queues.
struct FanOut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fan-out", abstract: "Consumes several queues.")
    @OptionGroup var options: WorkOptions

    func run() async throws {
        let names = (0..<options.queues).map { "\(options.queue)-\($0)" }
        try await withClient(options) { client in
            try await client.drain(names, of: options.count / names.count * names.count, as: "fan-out")
        }
    }
}

/// Many consumers of empty queues: what they cost while nothing happens.
struct Idle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Consumes empty queues for a while.")
    @OptionGroup var options: WorkOptions
    @Option(help: "For how long.") var seconds = 20

    func run() async throws {
        try await withClient(options) { client in
            try await withThrowingTaskGroup(of: Void.self) { consumers in
                for index in 0..<options.queues {
                    consumers.addTask {
                        try await client.consume(from: "\(options.queue)-\(index)") { $0.map { _ in .ack } }
                    }
                }
                while client.consumers.count(where: \.isSubscribed) < options.queues {
                    try await Task.sleep(for: .milliseconds(100))
                }
                let measurement = Measurement()
                try await Task.sleep(for: .seconds(seconds))
                measurement.report("idle", count: options.queues)
                consumers.cancelAll()
            }
        }
    }
}

extension RabbitMQClient {
    fileprivate func drain(_ queues: [String], of count: Int, as work: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { consumers in
            let measurement = Measurement()
            let left = Countdown(count)
            for queue in queues {
                consumers.addTask {
                    try await self.consume(from: queue, options: consumerOptions) { batch in
                        // Each body is looked at, as the plain C program does.
                        let bytes = batch.reduce(0) { $0 + $1.message.body.count }
                        precondition(bytes >= batch.count)
                        left.happened(batch.count)
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
            }
            consumers.addTask { await left.wait() }
            // The first to end is the countdown, or a consumer that failed.
            try await consumers.next()
            measurement.report(work, count: count)
            consumers.cancelAll()
        }
    }
}
