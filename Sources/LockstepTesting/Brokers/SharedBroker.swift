import Logging
public import PrivateBroker
import Synchronization

/// One private RabbitMQ node for all the tests of a process.
///
/// It is started by the first test that asks for it and ended when the process ends. Tests that stop, freeze or
/// kill a broker start one of their own with `withPrivateBroker`.
///
/// ```swift
/// try await SharedBroker.withVirtualHost { host in
///     let client = RabbitMQClient(url: host.amqpURL)
/// }
/// ```
public enum SharedBroker {
    private static let start = Mutex<Task<PrivateBroker, any Error>?>(nil)
    private static let lastNumber = Mutex(0)

    /// The node: started now if it is not, shared with every other caller of this process.
    public static func broker() async throws -> PrivateBroker {
        let task = start.withLock { start in
            // Awaited by everybody who asks, so that a cancelled test does not take the node from the others.
            let task = start ?? Task { try await launch() }
            start = task
            return task
        }
        return try await task.value
    }

    /// Runs the closure with a virtual host that is its own, so that names such as `lockstep.events` are too.
    ///
    /// - Parameters:
    ///   - purpose: Part of the virtual host's name, for people who look at the management page.
    ///   - body: Gets the virtual host; it is deleted afterwards with all that is in it.
    public static func withVirtualHost<R>(
        _ purpose: String = "test",
        _ body: (VirtualHost) async throws -> R
    ) async throws -> R {
        let host = VirtualHost(name: uniqueName(purpose), broker: try await broker())
        try await host.create()
        let result: Result<R, any Error>
        do {
            result = .success(try await body(host))
        } catch {
            result = .failure(error)
        }
        try await Task { try await host.delete() }.value
        return try result.get()
    }

    /// A name that no other call in this process gets, such as `orders-17`.
    public static func uniqueName(_ prefix: String) -> String {
        let number = lastNumber.withLock { number in
            number += 1
            return number
        }
        return "\(prefix)-\(number)"
    }

    private static func launch() async throws -> PrivateBroker {
        let directory = try SharedBrokerDirectory.make()
        // At a log level that says nothing unless something is wrong: the tests' own output is what counts.
        var logger = Logger(label: "shared-broker")
        logger.logLevel = .warning
        let broker = try await PrivateBroker.start(PrivateBrokerConfiguration(directory: directory), logger: logger)
        SharedBrokerDirectory.removeAtExit(directory, of: broker)
        return broker
    }
}
