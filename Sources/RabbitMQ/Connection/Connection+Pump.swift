import CRabbitMQ
import EventThread

extension Connection {
    /// The most frames that are read before letters and other jobs have their turn.
    private static let framesPerTurn = 2_000

    /// The loop of one life: read, take letters, publish, look at the clock, wait.
    ///
    /// The only reader of the socket. Ends when the connection is closed or has failed.
    func pump() async {
        while failure == nil {
            drain()
            takeMail()
            publishWaiting()
            handOver()
            let now = ContinuousClock.now
            let deadline = checkTimers(now)
            if case .done = closing { return }
            guard failure == nil, let descriptor = handle?.descriptor else { break }
            if descriptor < 0 {
                fail(.disconnected())
                break
            }
            // What waits inside the library does not show at the socket: then only the other jobs have their turn.
            let isBusy = handle?.hasBuffered == true
            if await thread.activity(on: descriptor, until: isBusy ? now : deadline) == .readable {
                lastHeard = .now
            }
        }
    }

    /// Reads what is there and says what each frame means.
    private func drain() {
        var isHeard = false
        // Once per turn: reading the clock takes as long as reading a small frame.
        defer {
            if isHeard {
                lastHeard = .now
                inFrameSince = nil
            }
        }
        do {
            for _ in 0..<Self.framesPerTurn {
                guard failure == nil, let frame = try handle?.nextFrame() else { return }
                isHeard = true
                try dispatch(frame)
            }
        } catch let error as RabbitMQError {
            fail(error)
        } catch {
            preconditionFailure("Reading fails only with RabbitMQError.")
        }
    }

    /// Takes what callers have left.
    func takeMail() {
        for letter in mailbox.takeAll() {
            switch letter {
            case .publish(let batch, let publications, let continuation):
                accept(publications, batch: batch, continuation)
            case .abandon(let batch):
                abandon(batch)
            case .settle(let channel, let settled):
                settle(settled, on: channel)
            case .shutDown(let gracefully):
                beginShutDown(gracefully: gracefully)
            }
        }
    }

    /// Gives feeds what arrived in this turn: one lock per consumer, not per delivery.
    private func handOver() {
        guard !touched.isEmpty else { return }
        let now = ContinuousClock.now
        for number in touched {
            guard let channel = channels[number], !channel.arrived.isEmpty else { continue }
            let arrived = channel.arrived
            channel.arrived = []
            channel.feed?.push(arrived, at: now)
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Acts on what is due; returns when to look again at the latest.
    private func checkTimers(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        // The library sends and checks heartbeats only while it is called: three times per heartbeat.
        var deadline = now + configuration.heartbeat / 3
        if now - lastHeard > configuration.heartbeat * 2 {
            fail(.silent(for: now - lastHeard))
        }
        if let due = checkFrame(now) { deadline = min(deadline, due) }
        if let due = renewalDeadline { deadline = min(deadline, due) }
        if callsInFlight > 0 {
            for (number, channel) in channels {
                guard let due = channel.machine.deadline else { continue }
                if now >= due { expireCalls(on: number) } else { deadline = min(deadline, due) }
            }
        }
        if let due = checkConfirms(now) { deadline = min(deadline, due) }
        for channel in channels.values where channel.feed?.isTimed == true {
            if let due = channel.feed?.tick(at: now) { deadline = min(deadline, due) }
        }
        return min(deadline, continueShutDown(now) ?? deadline)
    }
}

extension Connection {
    /// Gives the connection up where a frame does not come to its end; returns when the one that has begun must.
    ///
    /// A frame that was announced too long swallows all that follows, heartbeats too, and every one of them is heard.
    /// Four heartbeats are much: with 10 s each, even a line of 4 KB/s brings the longest frame, of 128 KiB, in time.
    private func checkFrame(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard handle?.isInFrame == true else {
            inFrameSince = nil
            return nil
        }
        let began = inFrameSince ?? now
        inFrameSince = began
        let due = began + configuration.heartbeat * 4
        if now >= due { fail(.stuckInFrame(for: now - began)) }
        return due
    }
}

extension RabbitMQError {
    fileprivate static func stuckInFrame(for time: Duration) -> RabbitMQError {
        RabbitMQError(
            .connectionLost,
            "A frame from the broker has been incomplete for \(time.components.seconds) s: it announced more than it "
                + "sends, or the network is far too slow. The client makes a new connection.")
    }

    static func silent(for time: Duration) -> RabbitMQError {
        RabbitMQError(
            .connectionLost,
            "The broker has not been heard for \(time.components.seconds) s, although it owes heartbeats: it is frozen or "
                + "the network is cut. The client makes a new connection.")
    }
}
