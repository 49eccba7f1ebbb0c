import LockstepTesting
import RabbitMQ
import Testing

/// What no broker should send: the client neither crashes nor hangs, and goes on.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedOddityTests {
    @Test(arguments: Oddity.all)
    func theClientGoesOnAfter(_ oddity: Oddity) async throws {
        try await withScriptedClient { call in
            guard call.method == .basicConsume else { return nil }
            let good = call.deliver(10, "good \(call.life)")
            return call.life == 1 ? [.asUsual, .bytes(oddity.bytes(call)), good] : [.asUsual, good]
        } body: { stage in
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await stage.client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                        seen.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                let life = oddity.meaning == .violation ? 2 : 1
                try await eventually("it consumes") { seen.all.last == "good \(life)" }
                group.cancelAll()
                try await group.waitForAll()
            }
            switch oddity.meaning {
            case .violation: #expect(stage.breaks.codes("consuming") == ["protocolViolation"])
            case .nothing, .message: #expect(stage.breaks.all.isEmpty)
            }
            #expect(seen.all.contains("odd") == (oddity.meaning == .message))
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
        }
    }
}
