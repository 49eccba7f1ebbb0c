/// What a channel's calls wait for, and what the broker's methods mean to it; pure.
struct ChannelStateMachine<Waiter> {
    /// The answer that a call waits for.
    enum Reply: Sendable, Hashable {
        case openOk, closeOk, confirmSelectOk
        case exchangeDeclareOk, exchangeDeleteOk, exchangeBindOk, exchangeUnbindOk
        case queueDeclareOk, queueBindOk, queueUnbindOk, queueDeleteOk, queuePurgeOk
        case qosOk, consumeOk, cancelOk, get
    }

    /// What to do about a method.
    enum Action {
        /// The call has its answer; nobody waits for one that has expired.
        case resume(Waiter?)
        /// The broker closed the channel: answer with `channel.close-ok`, and fail these calls.
        case closed(Method.CloseReason, [Waiter])
        /// A message begins.
        case begin(DeliveryAssembler.Start)
        /// The broker confirms, or refuses, what was published.
        case confirm(tag: UInt64, multiple: Bool, isAck: Bool)
        /// The broker ended the consumer, as it does where the queue is deleted.
        case cancelled
        /// The broker asks to hold back, or not to; answer with `channel.flow-ok`.
        case flow(active: Bool)
        /// It means nothing any more.
        case ignore
        /// No broker may send this here.
        case violation
    }

    private enum State { case open, closing, closed }
    private struct Call {
        let reply: Reply
        let waiter: Waiter?
        let deadline: ContinuousClock.Instant
    }

    private var state = State.open
    private var calls = Fifo<Call>()

    /// Whether calls may be made.
    var isOpen: Bool { state == .open }

    /// When the oldest call has waited too long.
    var deadline: ContinuousClock.Instant? { calls.first?.waiter == nil ? nil : calls.first?.deadline }

    /// Notes a call that was sent.
    mutating func call(_ reply: Reply, _ waiter: Waiter, deadline: ContinuousClock.Instant) {
        precondition(state == .open, "A call was made on a channel that is closing.")
        calls.append(Call(reply: reply, waiter: waiter, deadline: deadline))
        if reply == .closeOk { state = .closing }
    }

    /// Takes in a method.
    mutating func receive(_ method: Method) -> Action {
        if case .channelClose(let reason) = method {
            state = .closed
            return .closed(reason, takeWaiters())
        }
        if let reply = Reply(answeredBy: method) {
            guard let call = calls.first, call.reply == reply else { return state == .closing ? .ignore : .violation }
            _ = calls.popFirst()
            if reply == .closeOk { state = .closed }
            return .resume(call.waiter)
        }
        // Between our close and its answer the broker may still deliver; it requeues all that.
        switch method {
        case .basicDeliver(let deliver): return .begin(.deliver(deliver))
        case .basicReturn(let back): return .begin(.returned(back))
        case .basicGetOk(let deliver):
            guard calls.first?.reply == .get else { return state == .closing ? .begin(.got(deliver)) : .violation }
            return .begin(.got(deliver))
        case .basicAck(let tag, let multiple): return .confirm(tag: tag, multiple: multiple, isAck: true)
        case .basicNack(let tag, let multiple): return .confirm(tag: tag, multiple: multiple, isAck: false)
        case .basicCancel: return state == .open ? .cancelled : .ignore
        case .channelFlow(let active): return .flow(active: active)
        default: return .violation
        }
    }

    /// The message of a `basic.get` is complete; returns the call that waits for it.
    mutating func gotMessage() -> Waiter? {
        guard let call = calls.first, call.reply == .get else { return nil }
        return calls.popFirst()?.waiter
    }

    /// A call waited too long; returns all that wait.
    ///
    /// The channel is of no use any more and must be closed.
    mutating func expire() -> [Waiter] {
        let waiters = takeWaiters()
        state = .closing
        calls.append(Call(reply: .closeOk, waiter: nil, deadline: .now))
        return waiters
    }

    /// The connection is gone; returns the calls that will have no answer.
    mutating func connectionLost() -> [Waiter] {
        state = .closed
        return takeWaiters()
    }

    private mutating func takeWaiters() -> [Waiter] {
        defer { calls.removeAll() }
        return calls.compactMap(\.waiter)
    }
}

extension ChannelStateMachine.Reply {
    /// The kind of answer that a method is; `nil` where it answers nothing, or only with the message that follows.
    fileprivate init?(answeredBy method: Method) {
        switch method {
        case .channelOpenOk: self = .openOk
        case .channelCloseOk: self = .closeOk
        case .confirmSelectOk: self = .confirmSelectOk
        case .exchangeDeclareOk: self = .exchangeDeclareOk
        case .exchangeDeleteOk: self = .exchangeDeleteOk
        case .exchangeBindOk: self = .exchangeBindOk
        case .exchangeUnbindOk: self = .exchangeUnbindOk
        case .queueDeclareOk: self = .queueDeclareOk
        case .queueBindOk: self = .queueBindOk
        case .queueUnbindOk: self = .queueUnbindOk
        case .queueDeleteOk: self = .queueDeleteOk
        case .queuePurgeOk: self = .queuePurgeOk
        case .basicQosOk: self = .qosOk
        case .basicConsumeOk: self = .consumeOk
        case .basicCancelOk: self = .cancelOk
        case .basicGetEmpty: self = .get
        default: return nil
        }
    }
}
