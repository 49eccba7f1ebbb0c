import LockstepTesting
import RabbitMQ
import Testing

/// A frame that announces more than it brings: it swallows whatever follows, and the broker seems to live.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedStuckFrameTests {
    /// The beginning of a frame that 12,500 heartbeats would fill.
    private static func beginning(_ call: ScriptedBroker.Occasion) -> ScriptedBroker.Answer {
        let frame = WireFrame(.body, channel: call.channel, payload: [UInt8](repeating: 0, count: 100_000))
        return .bytes(Array(frame.bytes.prefix(20)))
    }

    @Test
    func aConsumerWhoseFrameHeartbeatsTrickleIntoIsSubscribedAgain() async throws {
        try await withScriptedClient { call in
            guard call.method == .basicConsume else { return nil }
            return call.life == 1 ? [.asUsual, Self.beginning(call)] : [.asUsual, call.deliver(1, "good")]
        } configure: {
            $0.heartbeat = .seconds(1)
        } body: { stage in
            let taken = try await stage.client.take(1, from: "q")
            #expect(taken == ["good"])
            #expect(stage.breaks.codes("consuming") == ["connectionLost"])
            #expect(stage.breaks.all.allSatisfy { $0.message.contains("incomplete") })
        }
    }
}
