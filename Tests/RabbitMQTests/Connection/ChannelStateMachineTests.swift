import Testing

@testable import RabbitMQ

struct ChannelStateMachineTests {
    typealias Machine = ChannelStateMachine<Int>
    private let deadline = ContinuousClock.now + .seconds(10)
    private let reason = Method.CloseReason(code: 404, text: "NOT_FOUND")

    @Test
    func answersResumeCallsInOrder() {
        var machine = Machine()
        machine.call(.openOk, 1, deadline: deadline)
        machine.call(.qosOk, 2, deadline: deadline)
        guard case .resume(1?) = machine.receive(.channelOpenOk) else { return #expect(Bool(false), "the first call") }
        guard case .resume(2?) = machine.receive(.basicQosOk) else { return #expect(Bool(false), "the second call") }
        #expect(machine.deadline == nil)
    }

    @Test
    func anAnswerThatNobodyAskedForIsAViolation() {
        var machine = Machine()
        guard case .violation = machine.receive(.queueBindOk) else { return #expect(Bool(false), "no call waits") }
        machine.call(.openOk, 1, deadline: deadline)
        guard case .violation = machine.receive(.queueBindOk) else { return #expect(Bool(false), "another call waits") }
    }

    @Test
    func aCloseByTheBrokerFailsAllCalls() {
        var machine = Machine()
        machine.call(.queueDeclareOk, 1, deadline: deadline)
        machine.call(.queueBindOk, 2, deadline: deadline)
        guard case .closed(reason, [1, 2]) = machine.receive(.channelClose(reason)) else {
            return #expect(Bool(false), "both calls fail")
        }
        #expect(!machine.isOpen)
    }

    @Test
    func ourCloseIgnoresWhatCrossesIt() {
        var machine = Machine()
        machine.call(.closeOk, 1, deadline: deadline)
        #expect(!machine.isOpen)
        guard case .ignore = machine.receive(.basicCancel(tag: "t")) else { return #expect(Bool(false)) }
        guard case .ignore = machine.receive(.basicConsumeOk(tag: "t")) else { return #expect(Bool(false)) }
        guard case .resume(1?) = machine.receive(.channelCloseOk) else { return #expect(Bool(false)) }
    }

    @Test
    func bothSidesMayCloseAtOnce() {
        var machine = Machine()
        machine.call(.closeOk, 1, deadline: deadline)
        guard case .closed(reason, [1]) = machine.receive(.channelClose(reason)) else {
            return #expect(Bool(false), "the broker's close must be answered, too")
        }
    }

    @Test
    func aGetIsAnsweredByItsMessageOrByEmpty() {
        let deliver = Method.Deliver(tag: 1, redelivered: false, exchange: "", routingKey: "")
        var machine = Machine()
        machine.call(.get, 1, deadline: deadline)
        guard case .begin(.got) = machine.receive(.basicGetOk(deliver)) else { return #expect(Bool(false)) }
        let waiter = machine.gotMessage()
        #expect(waiter == 1)
        machine.call(.get, 2, deadline: deadline)
        guard case .resume(2?) = machine.receive(.basicGetEmpty) else { return #expect(Bool(false)) }
        guard case .violation = machine.receive(.basicGetOk(deliver)) else { return #expect(Bool(false)) }
    }

    @Test
    func anExpiredCallLeavesAChannelThatOnlyCloses() {
        var machine = Machine()
        machine.call(.queueDeclareOk, 1, deadline: deadline)
        #expect(machine.deadline == deadline)
        let waiters = machine.expire()
        #expect(waiters == [1])
        #expect(!machine.isOpen)
        #expect(machine.deadline == nil, "nobody waits for the close")
        let late = machine.receive(.queueDeclareOk(QueueStatus(messages: 0, consumers: 0)))
        guard case .ignore = late else { return #expect(Bool(false), "the late answer means nothing") }
        guard case .resume(nil) = machine.receive(.channelCloseOk) else { return #expect(Bool(false)) }
    }

    @Test
    func aLostConnectionFailsAllCalls() {
        var machine = Machine()
        machine.call(.openOk, 1, deadline: deadline)
        let waiters = machine.connectionLost()
        #expect(waiters == [1])
        #expect(!machine.isOpen)
    }
}
