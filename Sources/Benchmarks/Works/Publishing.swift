import ArgumentParser
import RabbitMQ

/// One caller hands over messages as fast as they are taken.
struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes with confirms, one caller.")
    @OptionGroup var options: WorkOptions

    func run() async throws {
        try await withClient(options) { client in
            let measurement = Measurement()
            // Made inside the measurement, as the plain C program makes its messages, and call by call.
            try await withThrowingTaskGroup(of: Bool.self) { calls in
                var made = 0
                var underWay = 0
                while underWay > 0 || made < options.count {
                    while underWay < 2, made < options.count {
                        let numbers = made..<min(made + 2_000, options.count)
                        let batch = numbers.map { Publication(.sample($0), to: "", routingKey: options.queue) }
                        calls.addTask { try await client.publish(batch).allSatisfy { $0 == .confirmed } }
                        made = numbers.upperBound
                        underWay += 1
                    }
                    guard try await calls.next() == true else { throw Spoiled(description: "not all was confirmed") }
                    underWay -= 1
                }
            }
            measurement.report("publish", count: options.count)
        }
    }
}

/// Many tasks, each of which publishes a message and awaits its confirm, again and again.
struct PublishTasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes from as many tasks as the window has room.")
    @OptionGroup var options: WorkOptions

    func run() async throws {
        try await withClient(options) { client in
            let measurement = Measurement()
            let each = options.count / options.window
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for task in 0..<options.window {
                    tasks.addTask {
                        for number in 0..<each {
                            let outcome = try await client.publish(
                                .sample(task * each + number), to: "", routingKey: options.queue)
                            guard outcome == .confirmed else { throw Spoiled(description: "\(outcome)") }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            measurement.report("publish-tasks", count: each * options.window)
        }
    }
}

/// One message at a time: how long until its confirm.
struct PublishOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish-one", abstract: "Publishes one message at a time.")
    @OptionGroup var options: WorkOptions

    @Flag(help: "On the connection's own thread.") var near = false

    func run() async throws {
        try await withClient(options) { client in
            let measurement = Measurement()
            let latencies = try await withTaskExecutorPreference(near ? client.publishingExecutor : nil) {
                try await publishOneByOne(client)
            }
            measurement.report("publish-one", latencies: latencies)
        }
    }

    private func publishOneByOne(_ client: RabbitMQClient) async throws -> [Duration] {
        var latencies: [Duration] = []
        latencies.reserveCapacity(options.count)
        for number in 0..<options.count {
            let before = ContinuousClock.now
            let outcome = try await client.publish(.sample(number), to: "", routingKey: options.queue)
            latencies.append(ContinuousClock.now - before)
            guard outcome == .confirmed else { throw Spoiled(description: "\(outcome)") }
        }
        return latencies
    }
}
