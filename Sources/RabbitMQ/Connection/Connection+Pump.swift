import EventThread

extension Connection {
    /// The most frames that are read before letters and other jobs have their turn.
    private static let framesPerTurn = 2_000
    /// How many frames make a turn a busy one: eight deliveries.
    private static let busyTurn = 24
    /// How long the thread rests after a busy turn.
    ///
    /// A broker sends a few messages at a time. Woken for each such piece, the thread spends its time waking up, and the
    /// broker spends its own waking it: both do more with fewer, larger ones.
    private static let rest = Duration.microseconds(600)

    /// How often the time of a block is counted while it lasts.
    private static let blockCount = Duration.seconds(1)

    /// The loop of one life: read, take letters, publish, look at the clock, wait.
    ///
    /// The only reader of the socket. Ends when the connection is closed or has failed.
    func pump() async {
        var looksAtSocket = true
        var restsUntil = ContinuousClock.now
        while failure == nil {
            let frames = looksAtSocket || hasBeenQuiet ? drain() : 0
            takeMail()
            publishWaiting()
            handOver()
            let now = ContinuousClock.now
            let deadline = checkTimers(now)
            flush()
            if case .done = closing { return }
            guard failure == nil, let descriptor = handle?.descriptor else { break }
            if descriptor < 0 {
                fail(.disconnected())
                break
            }
            // What waits in memory does not show at the socket: then only the other jobs have their turn.
            let hasMore = frames == Self.framesPerTurn || handle?.hasBuffered == true
            if frames >= Self.busyTurn { restsUntil = now + Self.rest }
            // A settlement does not wait for the end of the rest: the broker sends no more before it has it. Who publishes
            // rarely does it alone, and what the others have is taken with it.
            let activity = await thread.activity(
                on: descriptor, orRoom: handle?.waitsForRoom == true, until: hasMore ? now : deadline,
                resting: hasMore ? .zero : max(.zero, restsUntil - now), undisturbed: role == .publishing)
            // Who rings has left a letter, and there is nothing to read, mostly; but whoever rings all the time must not
            // keep the socket from being looked at.
            looksAtSocket = activity != .interrupted || !looksAtSocket || hasMore
        }
    }

    /// Whether nothing was heard for so long that nobody may be called silent without having been listened to.
    private var hasBeenQuiet: Bool {
        ContinuousClock.now - lastHeard > (handle?.limits.heartbeat ?? configuration.heartbeat) / 2
    }

    /// Reads what is there and says what each frame means; returns how many there were.
    private func drain() -> Int {
        var isHeard = false
        var frames = 0
        // Once per turn: reading the clock takes as long as reading a small frame.
        defer {
            if isHeard { lastHeard = .now }
            if frames > 0 { inFrameSince = nil }
        }
        handle?.lookAgain()
        do {
            while frames < Self.framesPerTurn, failure == nil, let frame = try handle?.nextFrame(didRead: &isHeard) {
                frames += 1
                try dispatch(frame)
            }
        } catch let error as RabbitMQError {
            fail(error)
        } catch {
            preconditionFailure("Reading fails only with RabbitMQError.")
        }
        return frames
    }

    /// Sends what has been written in this turn, with as few system calls as it takes.
    private func flush() {
        guard failure == nil else { return }
        do {
            if try handle?.flush() == true { lastSent = .now }
        } catch let error as RabbitMQError {
            fail(error)
        } catch {
            preconditionFailure("Sending fails only with RabbitMQError.")
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
        var deadline = checkHeartbeat(now)
        if let due = checkFrame(now) { deadline = min(deadline, due) }
        if let due = countBlock(now) { deadline = min(deadline, due) }
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
    /// Shows the broker that we live, and gives the connection up where it does not; returns when to look again.
    private func checkHeartbeat(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        // A broker may want no heartbeats; then only the system notices that it is gone.
        guard let heartbeat = handle?.limits.heartbeat else { return now + configuration.heartbeat }
        if now - lastHeard > heartbeat * 2 { fail(.silent(for: now - lastHeard)) }
        // Half of it, as the specification advises: one that comes late is not too late.
        if now - lastSent >= heartbeat / 2 {
            // What the socket has no room for shows the broker nothing; one is enough.
            if handle?.writer.out.isEmpty == true { handle?.writer.heartbeat() }
            return now + heartbeat / 2
        }
        return min(lastSent + heartbeat / 2, lastHeard + heartbeat * 2 + .milliseconds(1))
    }

    /// Counts the time of a block while it lasts; returns when to do so again.
    private func countBlock(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard blockedReason != nil else { return nil }
        if now >= blockCounted + Self.blockCount {
            board.blockLasted(role, until: now)
            blockCounted = now
        }
        return blockCounted + Self.blockCount
    }

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
