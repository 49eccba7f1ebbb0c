public import Lockstep
public import LockstepHTTP
import LockstepRabbitMQ
import RabbitMQ
import Synchronization

extension SyncEngine {
    /// Brings an office its events and posts the newest state of each record that changed, or each event, to its webhook.
    ///
    /// ```swift
    /// try await engine.subscribe("NMB-Office-1", to: ["policy.*"], callbackURL: "https://nmb-office1.gov/sync_callback")
    /// ```
    ///
    /// - Parameters:
    ///   - name: The office's name: letters, digits and `-`.
    ///   - events: Patterns on the routing key, like `policy.*` or `permit.#`.
    ///   - callbackURL: `https://` or `http://`; see ``/LockstepHTTP/WebhookAdapter`` for what is sent and what answers mean.
    ///   - options: What is posted, and how: states or events, what requests are signed with, how long one may take.
    ///
    /// A webhook that answers 410 is told nothing more: the office's work ends, and its queue keeps what comes until it is
    /// unregistered and subscribed anew.
    /// - Throws: As ``register(_:adapter:)``.
    public func subscribe(
        _ name: String, to events: [String], callbackURL: String, options: WebhookOptions = WebhookOptions()
    ) async throws {
        let adapter = try WebhookAdapter(url: callbackURL, options: options)
        var subscription = Subscription(office: try OfficeName(name), events: try events.map(TopicPattern.init))
        if adapter.wants == .events { subscription.order = .record }
        try await register(subscription, adapter: adapter)
    }

    /// Brings an office its events and calls a closure with the newest state of each record that changed.
    ///
    /// ```swift
    /// try await engine.register("SchedulingTool", to: ["permit.#"]) { change in try await slots.move(change) }
    /// ```
    ///
    /// - Parameters:
    ///   - name: The office's name: letters, digits and `-`.
    ///   - events: Patterns on the routing key, like `policy.*` or `permit.#`.
    ///   - apply: A change is applied when it returns; what it throws is tried again, twelve times over some hours. It may
    ///     be asked twice for the same change.
    /// - Throws: As ``register(_:adapter:)``.
    public func register(
        _ name: String, to events: [String], apply: @escaping @Sendable (_ change: Change) async throws -> Void
    ) async throws {
        try await register(name, to: events, adapter: ClosureAdapter(apply))
    }

    /// Brings an office its events and tells an adapter what changed.
    ///
    /// - Throws: As ``register(_:adapter:)``.
    public func register(_ name: String, to events: [String], adapter: any Adapter) async throws {
        let office = try OfficeName(name)
        try await register(Subscription(office: office, events: try events.map(TopicPattern.init)), adapter: adapter)
    }

    /// Brings an office its events, by a subscription of its own kind.
    ///
    /// Before ``run()`` began it returns at once, and the office begins its work then. Afterwards it returns when the
    /// office's queue is declared: what is published from then on reaches it.
    ///
    /// - Parameter adapter: The office's own system; nil: its replica is all there is.
    /// - Throws: ``/Lockstep/LockstepError``: `invalidName` or `invalidConfiguration`; where the engine runs, also what keeps the office from
    ///   working: `topologyMismatch`, `storeCorrupt` and the like. It is not registered then.
    public func register(_ subscription: Subscription, adapter: (any Adapter)?) async throws {
        guard !subscription.events.isEmpty else {
            throw LockstepError(
                .invalidConfiguration,
                "The office '\(subscription.office)' would receive nothing; give it a pattern like 'permit.#'.")
        }
        let (office, isAwaited) = try enter(subscription, adapter)
        guard isAwaited else { return }
        do {
            try await office.waitUntilAtWork()
        } catch {
            office.stop()
            remove(office)
            throw error
        }
    }

    /// Ends an office's work here; what it has in hand goes back to its queue.
    ///
    /// - Parameter deletingQueue: Whether its queue and its dead letters are deleted, with all that is in them. Else the queue
    ///   stays and gathers what is published: whoever registers the office again, here or elsewhere, goes on from there.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no such office; what keeps the queue from being deleted.
    public func unregister(_ name: String, deletingQueue: Bool = false) async throws {
        let name = try OfficeName(name)
        guard let office = state.withLock({ $0.offices[name] }) else {
            throw LockstepError(.notFound, "No office '\(name)' is registered with this engine.")
        }
        office.stop()
        if state.withLock({ $0.phase }) == .running { await office.waitUntilStopped() }
        remove(office)
        guard deletingQueue else { return }
        try await connected()
        try await client.delete(queue: BrokerName.queue(of: name))
        try await client.delete(queue: BrokerName.deadLetters(of: name))
    }

    private func enter(
        _ subscription: Subscription, _ adapter: (any Adapter)?
    ) throws -> (office: EngineOffice, isAwaited: Bool) {
        let name = subscription.office
        let (configuration, client, logger) = (configuration, client, logger)
        return try state.withLock { state in
            guard state.phase != .stopped else { throw Self.stopped }
            if let other = state.offices.keys.first(where: { $0 == name || $0.differsOnlyInCase(from: name) }) {
                throw LockstepError(
                    .invalidConfiguration,
                    "The office '\(other)' is registered already. Unregister it first, or give the new one a name that differs "
                        + "in more than upper and lower case."
                )
            }
            let isAwaited = state.phase == .running
            let office = EngineOffice(subscription, isAwaited: isAwaited) { office in
                OfficeService(
                    subscription: subscription, configuration: configuration, client: client,
                    failing: .triedAgain(after: .seconds(30)), logger: logger, adapter: adapter,
                    begins: { office.isAtWork() }, isGone: { _ in office.stop() },
                    givesUp: { office.cannotWork($0) })
            }
            state.offices[name] = office
            arrival.yield(office)
            return (office, isAwaited)
        }
    }

    private func remove(_ office: EngineOffice) {
        state.withLock { state in
            if state.offices[office.name] === office { state.offices[office.name] = nil }
        }
    }
}
