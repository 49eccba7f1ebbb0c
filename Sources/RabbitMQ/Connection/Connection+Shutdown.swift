extension Connection {
    /// How long the broker may take to answer that the connection is closed.
    private static let farewell = Duration.seconds(1)

    /// Begins to end this connection.
    func beginShutDown(gracefully: Bool) {
        machine.shutDown()
        guard handle != nil else { return }
        switch closing {
        case .no:
            closing = .draining(until: .now + (gracefully ? configuration.drainTimeout : .zero))
        case .draining where !gracefully:
            closing = .draining(until: .now)
        case .draining, .told, .done:
            return
        }
        for channel in channels.values {
            if gracefully { channel.feed?.finish() } else { channel.feed?.lose(.shutDown()) }
        }
    }

    /// Takes the next step of the end; returns when to look again.
    func continueShutDown(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        switch closing {
        case .no, .done:
            return nil
        case .draining(let until):
            let isIdle = publishQueue.isEmpty && channels.values.allSatisfy { $0.feed == nil }
            guard isIdle || now >= until else { return until }
            do {
                try handle?.closeConnection()
                closing = .told(until: now + Self.farewell)
                return now + Self.farewell
            } catch {
                closing = .done
                return nil
            }
        case .told(let until):
            if now >= until { closing = .done }
            return until
        }
    }
}
