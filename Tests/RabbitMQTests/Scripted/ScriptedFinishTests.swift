import LockstepTesting
import RabbitMQ
import Testing

/// What a consumer that ends in good order says to the broker.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedFinishTests {
    /// Else the broker would hand out the next deliveries, only to take them back and count that.
    @Test(arguments: [true, false])
    func itIsCancelledBeforeTheLastBatchIsSettledAndItsChannelClosed(isSomethingInHand: Bool) async throws {
        try await withScriptedClient { call in
            call.method == .basicConsume && isSomethingInHand ? [.asUsual, call.deliver(1, "1")] : nil
        } body: { stage in
            let (seen, mayGoOn) = (Collected<String>(), Collected<Void>())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await stage.client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                        seen.append(batch.map(\.message.text))
                        // In a task of its own, which is not cancelled.
                        await Task { await mayGoOn.untilCount(1) }.value
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                if isSomethingInHand { await seen.untilCount(1) }
                try await eventually("it is subscribed") { stage.client.consumers.first?.isSubscribed == true }
                group.cancelAll()
                mayGoOn.append([()])
                try await group.waitForAll()
            }
            let methods = stage.broker.received.filter { $0.name.hasSuffix("consuming") }.compactMap(\.frame.method)
            let end = Array(methods.drop { $0 != .basicConsume }.dropFirst())
            #expect(
                end == (isSomethingInHand ? [.basicCancel, .basicAck, .channelClose] : [.basicCancel, .channelClose]))
            #expect(stage.breaks.all.isEmpty)
        }
    }
}
