import EventThread
import Logging

extension Connection {
    /// Connects, and connects again, until it is shut down.
    ///
    /// - Throws: ``RabbitMQError`` where no retry would help and no connection was ever made.
    func run() async throws {
        var generator = SystemRandomNumberGenerator()
        while true {
            takeMail()
            switch machine.next() {
            case .connect(let index):
                do throws(RabbitMQError) {
                    try await live(at: configuration.endpoints[index])
                } catch {
                    noteFailure(error, endpoint: configuration.endpoints[index])
                }
            case .wait(let attempt):
                let delay = configuration.reconnect.delay(beforeAttempt: attempt, using: &generator)
                logger.debug("Waiting before the next attempt to connect", metadata: .of([.delay: "\(delay)"]))
                await wait(for: delay)
            case .stop(let error):
                end(with: error ?? .shutDown())
                if let error { throw error }
                return
            }
        }
    }

    /// One life: from connecting until the connection is closed or breaks.
    private func live(at endpoint: Endpoint) async throws(RabbitMQError) {
        do {
            try open(endpoint)
            let broke = await withDiscardingTaskGroup { group in
                group.addTask { await self.setUp() }
                await pump()
                let reason = failure
                // Before the group ends: what is still being set up waits for answers that will not come.
                tearDown(reason ?? .shutDown())
                return reason
            }
            if let broke { throw broke }
        } catch let error as RabbitMQError {
            tearDown(error)
            throw error
        } catch {
            preconditionFailure("A connection fails only with RabbitMQError.")
        }
    }

    private func open(_ endpoint: Endpoint) throws {
        board.update(role) { $0.endpoint = endpoint.description }
        let handle = try ConnectionHandle(
            endpoint, connectionName: "\(configuration.connectionName) \(role.rawValue)",
            heartbeat: configuration.heartbeat, timeout: configuration.connectTimeout)
        publishQueue.connectionOpened()
        let properties = handle.serverProperties
        self.handle = consume handle
        lastHeard = .now
        lastSent = .now
        inFrameSince = nil
        unblocked = .now
        board.update(role) { status in
            status.product = properties["product"]?.string
            status.version = properties["version"]?.string
            status.clusterName = properties["cluster_name"]?.string
        }
        logger.info(
            "Connected to the broker",
            metadata: .of([.endpoint: endpoint.description, .version: properties["version"]?.string ?? "unknown"]))
    }

    /// Declares the topology and lets callers in; then keeps what the role needs.
    private func setUp() async {
        do {
            try await declare(configuration.topology.for(role))
            switch role {
            case .consuming: becomeReady()
            case .publishing: try await keepPublishChannel()
            }
        } catch let error as RabbitMQError {
            fail(error)
        } catch {
            preconditionFailure("Setting up fails only with RabbitMQError.")
        }
    }

    func becomeReady() {
        guard machine.state != .ready else { return thread.interrupt() }
        machine.connected()
        readySince = .now
        board.update(role) { status in
            status.state = blockedReason.map { .blocked(reason: $0) } ?? .ready
            status.lastError = nil
            status.connects += 1
        }
        gate.open()
        thread.interrupt()
    }

    /// Ends this life: whoever waits for it is told, and the connection is thrown away.
    private func tearDown(_ error: RabbitMQError) {
        gate.close()
        let lost = channels
        channels = [:]
        highestChannel = 0
        touched = []
        callsInFlight = 0
        publishChannel = nil
        blockedReason = nil
        closing = .no
        failure = nil
        handle = nil
        for channel in lost.values {
            for waiter in channel.machine.connectionLost() { waiter.resume(throwing: error) }
            channel.feed?.lose(error)
            channel.endWaiter?.resume(returning: error)
        }
    }

    private func noteFailure(_ error: RabbitMQError, endpoint: Endpoint) {
        // A connection that held for a while was a good one: what ended it is news.
        let held = readySince.map { ContinuousClock.now - $0 } ?? .zero
        readySince = nil
        machine.failed(error, held: held > configuration.reconnect.longest)
        board.update(role) { status in
            status.state = status.connects > 0 ? .reconnecting : .connecting
            status.lastError = error.description
        }
        logger.info(
            "The broker is not connected",
            metadata: .of([
                .endpoint: endpoint.description, .code: error.code.description, .error: error.message,
            ]))
    }

    /// Waits between attempts; letters are still taken, and a shutdown ends the wait.
    private func wait(for delay: Duration) async {
        let deadline = ContinuousClock.now + delay
        while ContinuousClock.now < deadline, !machine.isShuttingDown {
            _ = await thread.activity(on: -1, until: deadline)
            takeMail()
        }
    }

    /// The end of all lives: nobody is left waiting.
    private func end(with error: RabbitMQError) {
        board.update(role) { $0.state = .stopped }
        gate.end(error)
        for letter in mailbox.close() {
            if case .publish(_, _, let continuation) = letter { continuation.resume(throwing: error) }
        }
        _ = publishQueue.removeAll()
        for batch in batches.values { batch.continuation.resume(throwing: error) }
        batches = [:]
    }
}

extension Topology {
    /// What a connection declares: a queue that is exclusive to a connection belongs to the consuming one.
    fileprivate func `for`(_ role: Connection.Role) -> Topology {
        guard role == .publishing else { return self }
        let own = Set(queues.filter(\.exclusive).map(\.name))
        var topology = self
        topology.queues.removeAll { own.contains($0.name) }
        topology.bindings.removeAll { binding in
            if case .queue(let name) = binding.destination { own.contains(name) } else { false }
        }
        return topology
    }
}
