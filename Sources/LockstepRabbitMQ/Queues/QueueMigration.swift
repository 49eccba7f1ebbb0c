public import Lockstep
public import Logging
public import RabbitMQ

/// Makes a queue anew with other arguments, without losing what is in it or what comes meanwhile.
///
/// A queue's name is fixed and its arguments cannot change, so what it holds stays in a temporary one beside it while it
/// is deleted and declared. At every moment one of the two is bound, so that nothing is missed; for a moment both are, so
/// that a few messages come twice. The order stays, but for those few. Where it was interrupted, what exists says how far
/// it came: it is to be called again.
public struct QueueMigration: Sendable {
    /// What is to be done next, as far as it can be seen from outside.
    enum Phase: Sendable, Hashable {
        /// The queue is as it should be, and there is no temporary one.
        case done
        /// The old queue is there: its messages go to the temporary one, then it is deleted.
        case emptying
        /// Only the temporary one is there: the queue is declared.
        case declaring
        /// The new queue is there: what is in the temporary one comes back, then that is deleted.
        case returning

        /// - Parameters:
        ///   - isThere: Whether the queue exists; `isRight`: with the right arguments.
        ///   - hasTemporary: Whether the temporary one exists.
        init(isThere: Bool, isRight: Bool, hasTemporary: Bool) {
            self =
                switch (isThere, isRight, hasTemporary) {
                case (true, false, _): .emptying
                case (false, _, true): .declaring
                case (true, true, true): .returning
                case (true, true, false), (false, _, false): .done
                }
        }
    }

    /// Below this a queue is as good as empty while messages still come.
    private static let few = 200

    /// The queue, as it should be.
    public let queue: Queue
    private let wanted: [Binding]
    private let client: RabbitMQClient
    private let api: ManagementAPI
    private let logger: Logger
    /// Told of how many messages more were moved: all of them are moved twice.
    public var moved: @Sendable (_ count: Int) -> Void = { _ in }
    /// Told of each step that is done, so that a test may end it there.
    var passed: @Sendable (CrashPoint) async throws -> Void = { $0.pass() }

    /// - Parameters:
    ///   - queue: As it should be.
    ///   - bindings: All that lead to it.
    ///   - client: One that runs, with an account that may declare and delete.
    public init(
        of queue: Queue, bindings: [Binding], client: RabbitMQClient, management api: ManagementAPI, logger: Logger
    ) {
        self.queue = queue
        wanted = bindings
        self.client = client
        self.api = api
        self.logger = logger
    }

    /// The name of the queue that stands in for another one.
    public static func temporaryName(of queue: String) -> String { queue + ".migration" }

    /// Migrates, or goes on where it was interrupted; nothing happens where the queue is as it should be.
    ///
    /// - Returns: Whether there was anything to do.
    /// - Throws: `refused` where somebody consumes from the queue, or where it holds more than it may have afterwards.
    public func run() async throws(LockstepError) -> Bool {
        do {
            var phase = try await phase()
            let hadWork = phase != .done
            while phase != .done {
                switch phase {
                case .emptying: try await empty()
                case .declaring: try await pass(.declared) { try await client.declare(Topology(queues: [queue])) }
                case .returning: try await bringBack()
                case .done: break
                }
                phase = try await self.phase()
            }
            return hadWork
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }

    private var temporary: Queue {
        Queue(
            name: Self.temporaryName(of: queue.name),
            arguments: ["x-queue-type": "quorum", "x-overflow": "reject-publish"])
    }

    /// Asks the broker itself: the management's lists may be older than what was just done.
    private func phase() async throws -> Phase {
        let isThere = try await client.inspect(queue: queue.name) != nil
        let hasTemporary = try await client.inspect(queue: temporary.name) != nil
        return Phase(isThere: isThere, isRight: isThere ? try await isRight() : false, hasTemporary: hasTemporary)
    }

    /// Whether the queue, which is there, has the right arguments: declaring it again says so and changes nothing.
    private func isRight() async throws -> Bool {
        do {
            try await client.declare(Topology(queues: [queue]))
            return true
        } catch let error as RabbitMQError where error.code == .preconditionFailed {
            return false
        }
    }

    private func empty() async throws {
        let still = QueueStillness(queue: queue.name, client: client, api: api)
        try await still.withoutConsumers()
        try await checkRoom()
        let end = ContinuousClock.now
        // An old pattern that nobody took away goes on as long as nobody does.
        let found = try await bindings(of: queue.name)
        let all = found + wanted.filter { !found.contains($0) }
        try await pass(.declaredTemporary) { try await client.declare(Topology(queues: [temporary])) }
        // What is there already goes first, so that what comes stays behind it.
        try await pass(.emptiedFirst) {
            _ = try await drain(from: queue.name, to: temporary.name).run(downTo: Self.few)
        }
        try await pass(.boundTemporary) {
            try await client.declare(Topology(bindings: all.map { $0.leading(to: temporary.name) }))
        }
        try await pass(.unboundOld) { for binding in found { try await client.unbind(binding) } }
        try await pass(.emptied) {
            repeat {
                _ = try await drain(from: queue.name, to: temporary.name).run()
            } while try await !still.isEmpty(consumersGoneSince: end)
        }
        try await pass(.deletedOld) { try await client.delete(queue: queue.name) }
    }

    /// Refuses to begin where the queue holds more than it may afterwards: the rest could not come back.
    private func checkRoom() async throws {
        guard let limit = queue.arguments["x-max-length"]?.int, queue.arguments["x-overflow"] == "reject-publish",
            let messages = try await client.inspect(queue: queue.name)?.messages, messages > limit
        else { return }
        throw LockstepError(
            .refused,
            "The queue '\(queue.name)' holds \(messages) messages, and is to take no more than \(limit). Let them be worked "
                + "off first, or give it a higher limit; nothing was changed.")
    }

    private func bringBack() async throws {
        let start = ContinuousClock.now
        let found = try await bindings(of: temporary.name)
        let all = found.map { $0.leading(to: queue.name) } + wanted
        try await pass(.returnedFirst) {
            _ = try await drain(from: temporary.name, to: queue.name).run(downTo: Self.few)
        }
        try await pass(.boundNew) { try await client.declare(Topology(bindings: all)) }
        try await pass(.unboundTemporary) { for binding in found { try await client.unbind(binding) } }
        let still = QueueStillness(queue: temporary.name, client: client, api: api)
        try await pass(.returned) {
            repeat {
                _ = try await drain(from: temporary.name, to: queue.name).run()
            } while try await !still.isEmpty(consumersGoneSince: start)
        }
        try await client.delete(queue: temporary.name)
    }

    private func pass(_ step: CrashPoint, _ work: () async throws -> Void) async throws {
        try await work()
        try await passed(step)
    }

    private func drain(from source: String, to destination: String) -> QueueDrain {
        var drain = QueueDrain(queue: source, client: client, logger: logger) { [client] delivery in
            let publication = Publication(
                DeliveryHeaders.moving(delivery.message), to: "", routingKey: destination)
            guard !delivery.bodyWasTooLarge, !delivery.headersWereTruncated, client.accepts(publication) else {
                return .refuse(
                    LockstepError(
                        .refused,
                        "The queue '\(source)' holds a message that is larger than 'limits.event' of the configuration "
                            + "allows, and cannot be moved. Raise that limit, or take the message out, then run the "
                            + "command again."))
            }
            return .publish(publication)
        }
        drain.moved = moved
        return drain
    }

    /// How many messages are to be moved, as far as that is known before it begins.
    public func messagesToMove() async throws(LockstepError) -> Int {
        do {
            let old = try await client.inspect(queue: queue.name)?.messages ?? 0
            return 2 * old + (try await client.inspect(queue: temporary.name)?.messages ?? 0)
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }

    private func bindings(of queue: String) async throws -> [Binding] {
        try await api.bindings().filter {
            $0.destinationType == "queue" && $0.destination == queue && !$0.source.isEmpty
        }
        .map { Binding(source: $0.source, destination: .queue(queue), routingKey: $0.routingKey) }
    }
}

extension Binding {
    fileprivate func leading(to queue: String) -> Binding {
        Binding(source: source, destination: .queue(queue), routingKey: routingKey, arguments: arguments)
    }
}
