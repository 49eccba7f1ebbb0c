import LockstepTesting
import RabbitMQ
import Testing

/// A broker whose alarm goes off says so right behind the login, in the same breath.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedEarlyAlarmTests {
    private static let blocked = WireFrame(
        .connectionBlocked, channel: 0, arguments: WireArguments().shortString("low on memory").bytes)

    @Test
    func isHeard() async throws {
        try await withScriptedClient { call in
            call.method == .connectionOpen ? [.asUsual, .frames([Self.blocked])] : nil
        } body: { stage in
            // Publishing waits, so its connection is not counted: it opens its channel all the same.
            #expect(stage.client.status.publishing.state == .blocked(reason: "low on memory"))
            // It counts as soon as it is open: the word that comes in the same breath may be read a moment later.
            try await eventually("the other connection has heard it") {
                stage.client.status.consuming.state == .blocked(reason: "low on memory")
            }
        }
    }

    /// librabbitmq has then read the beginning of a frame, which nobody else can.
    @Test(arguments: [1, 7, 12, 20])
    func aFrameThatHasOnlyBegunWithTheLoginIsReadToItsEnd(count: Int) async throws {
        try await withScriptedClient { call in
            guard call.method == .connectionOpen else { return nil }
            let frames = Self.blocked.bytes + WireFrame(.connectionUnblocked, channel: 0).bytes
            return [.asUsual, .bytes(Array(frames.prefix(count))), .bytes(Array(frames.dropFirst(count)))]
        } body: { stage in
            #expect(stage.client.status.publishing.state == .ready)
            let outcome = try await stage.client.publish(Message("m"), to: "", routingKey: "q")
            #expect(outcome == .confirmed)
            #expect(stage.client.status.publishing.connects == 1)
        }
    }
}
