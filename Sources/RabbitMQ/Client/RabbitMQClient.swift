import EventThread
public import Logging
public import ServiceLifecycle
import Synchronization

/// A client of a RabbitMQ broker: two connections, one that publishes, one that consumes and administers.
///
/// Run it as a service, or in a task of your own; everything else may be called before, and waits until the
/// connections are there. A connection that breaks is made again: consumers are subscribed again, and what was
/// published but not confirmed is published again under the same message id.
public final class RabbitMQClient: Service, Sendable {
    let configuration: RabbitMQClientConfiguration
    let logger: Logger
    let publishing: Connection
    let consuming: Connection
    let registry = ConsumerRegistry()
    let metrics: ClientMetrics
    private let board: StatusBoard

    /// Makes a client; nothing is connected before ``run()``.
    ///
    /// What it records through swift-metrics goes to the backend that is there now: bootstrap that first.
    public init(configuration: RabbitMQClientConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        metrics = ClientMetrics(client: configuration.connectionName)
        board = StatusBoard(client: configuration.connectionName)
        publishing = Connection(role: .publishing, configuration: configuration, board: board, logger: logger)
        consuming = Connection(role: .consuming, configuration: configuration, board: board, logger: logger)
    }

    /// Does all the work, until graceful shutdown or cancellation.
    ///
    /// A graceful shutdown ends the consumers first, lets batches in hand be finished and confirms come in, each no
    /// longer than ``RabbitMQClientConfiguration/drainTimeout``, and closes the connections. To be called once.
    ///
    /// - Throws: ``RabbitMQError`` at once where no retry would help and no connection was ever made: wrong
    ///   password, missing virtual host, refused TLS. Otherwise it reconnects for as long as it takes.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await runConnections()
            } onGracefulShutdown: {
                // The publishing one follows: batches in hand may still have something to publish.
                self.consuming.shutDown(gracefully: true)
            }
        } onCancel: {
            consuming.shutDown(gracefully: false)
            publishing.shutDown(gracefully: false)
        }
    }

    private func runConnections() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // On the connection's own thread: a task that waits is woken where it likes best, and only then moves to its
            // actor. Else each turn of a pump would begin with a detour over another thread.
            group.addTask(executorPreference: consuming.thread.tasks) {
                do {
                    try await self.consuming.run()
                } catch {
                    self.publishing.shutDown(gracefully: false)
                    throw error
                }
                self.publishing.shutDown(gracefully: true)
            }
            group.addTask(executorPreference: publishing.thread.tasks) {
                do {
                    try await self.publishing.run()
                } catch {
                    self.consuming.shutDown(gracefully: false)
                    throw error
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waits until both connections are made and the topology is declared.
    ///
    /// - Throws: the error that ended ``run()``, or `CancellationError`.
    public func waitUntilReady() async throws {
        do {
            try await publishing.gate.wait()
        } catch let error as RabbitMQError where error.code == .shutdown {
            // It may have been stopped because of the other one, which knows why.
            try await consuming.gate.wait()
            throw error
        }
        try await consuming.gate.wait()
    }

    /// An executor for a task that publishes message by message and waits for each: its calls change no threads.
    ///
    /// That halves the client's part of a lone publish. The connection stands still while such a task runs, so it must be
    /// short between its calls, and never block:
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(client.publishingExecutor) {
    ///     for message in messages { _ = try await client.publish(message, to: "events", routingKey: "a.b") }
    /// }
    /// ```
    public var publishingExecutor: any TaskExecutor { publishing.thread.tasks }

    /// Runs tasks on the consuming connection's thread: for consumers whose handlers are short and never block.
    ///
    /// Such a handler changes no threads between what arrives and its settlement. Nothing else is read meanwhile, and no
    /// heartbeat is sent: a handler that takes long is better left where it is.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(client.consumingExecutor) {
    ///     try await client.consume(from: "orders") { deliveries in deliveries.map { _ in .ack } }
    /// }
    /// ```
    public var consumingExecutor: any TaskExecutor { consuming.thread.tasks }

    /// How the connections are now.
    public var status: ClientStatus { board.status }

    /// The status now, and each time that it changes; a slow reader misses what lies between.
    public var statusUpdates: AsyncStream<ClientStatus> { board.updates() }

    /// The consumers that are running, and whether the broker knows them.
    public var consumers: [ConsumerStatus] { registry.statuses }
}
