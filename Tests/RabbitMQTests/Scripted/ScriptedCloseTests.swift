import LockstepTesting
import RabbitMQ
import Testing

/// The broker goes away at every step, in every way that there is.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedCloseTests {
    /// How a broker ends a connection.
    enum End: CaseIterable {
        case closeMethod, endOfFile, reset

        func answers(_ call: ScriptedBroker.Occasion) -> [ScriptedBroker.Answer] {
            switch self {
            case .closeMethod: [call.closeConnection()]
            case .endOfFile: [.endOfFile]
            case .reset: [.reset]
            }
        }
    }

    /// A step of the handshake, by the method that the client has just sent; `nil` is the protocol header.
    static let handshake: [WireMethod?] = [
        nil, .connectionStartOk, .connectionTuneOk, .connectionOpen, .channelOpen, .confirmSelect,
    ]

    @Test(arguments: handshake, End.allCases)
    func aBrokerThatClosesDuringTheHandshakeIsTriedAgain(step: WireMethod?, end: End) async throws {
        let failing = 4
        try await withScriptedClient { call in
            call.method == step && call.connection <= failing ? end.answers(call) : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1", "2"])
            #expect(outcomes == [.confirmed, .confirmed])
            #expect(stage.broker.texts == ["1", "2"])
            #expect(stage.broker.connections > 2 && !stage.breaks.all.isEmpty, "the first ones failed")
            #expect(stage.breaks.all.allSatisfy { !$0.message.isEmpty })
        }
    }

    @Test(arguments: End.allCases)
    func aBrokerThatClosesRightAfterItsAnswerIsTriedAgain(end: End) async throws {
        try await withScriptedClient { call in
            call.method == .connectionOpen && call.connection <= 4 ? [.asUsual] + end.answers(call) : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.broker.connections > 2)
        }
    }

    /// The three frames of a message, and a body of several frames: after each of them.
    @Test(arguments: 1...6, End.allCases)
    func aPublishThatIsCutOffIsSentAgain(frames: Int, end: End) async throws {
        let long = String(repeating: "x", count: 500_000)
        try await withScriptedClient { call in
            guard call.isPublishing, call.life == 1, let frame = call.frame, frame.channel > 0 else { return nil }
            switch (frame.method, frame.kind, call.publish?.number) {
            case (.basicPublish, _, _) where frames == 1, (_, .header, _) where frames == 2: return end.answers(call)
            // With one byte over, the last frame of four would be the fifth.
            case (_, .body, nil) where frames == 3: return end.answers(call)
            case (_, .body, 1) where frames == 4: return end.answers(call)
            case (_, .body, 2) where frames == 5: return [call.ack(1)] + end.answers(call)
            case (_, .body, 3) where frames == 6: return [call.ack(2, multiple: true)] + end.answers(call)
            case (_, _, .some): return []
            default: return nil
            }
        } configure: {
            $0.publishWindow = PublishWindow.Limits(messages: 10, bytes: 4_000_000)
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: [long, "2", "3"])
            #expect(outcomes == [.confirmed, .confirmed, .confirmed])
            #expect(Set(stage.broker.texts) == [long, "2", "3"])
            #expect(stage.client.status.publishing.connects == 2)
        }
    }

    /// Of a delivery: its method, its header, half of its body, all but the last octet; then all of it.
    @Test(arguments: 0...4, End.allCases)
    func aDeliveryThatIsCutOffComesAgainAndHalfOfItIsNeverSeen(part: Int, end: End) async throws {
        try await withScriptedClient { call in
            guard call.method == .basicConsume else { return nil }
            let wanted = ["first", "second"].enumerated().map { call.delivery(UInt64($0 + 1), $1) }
            guard call.life == 1 else { return [.asUsual, .frames(wanted.flatMap { $0 })] }
            let bytes = wanted[1].flatMap(\.bytes)
            let cut = [
                wanted[1][0].bytes.count, wanted[1][0].bytes.count + wanted[1][1].bytes.count, bytes.count - 4,
                bytes.count - 1, bytes.count,
            ][part]
            // A close in the middle of a frame is no close.
            let last = end == .closeMethod && (2...3).contains(part) ? [.endOfFile] : end.answers(call)
            return [.asUsual, .frames(wanted[0]), .bytes(Array(bytes.prefix(cut)))] + last
        } body: { stage in
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await stage.client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                        seen.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("both are acknowledged on the second connection") {
                    stage.broker.acknowledged(life: 2) == [1, 2]
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(Set(seen.all) == ["first", "second"])
            #expect(stage.breaks.codes("consuming").count == 1)
        }
    }
}
