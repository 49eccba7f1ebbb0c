import LockstepTesting
import RabbitMQ
import Testing

/// What a broker may say about publishes, and what none should.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedConfirmTests {
    private static let texts = (1...6).map(String.init)

    /// What the client makes of what the broker says once the last of six messages is there.
    private static func outcomes(
        _ confirms: @escaping @Sendable (ScriptedBroker.Occasion) -> [ScriptedBroker.Answer]
    ) async throws -> [PublishOutcome] {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            return publish.number == 6 ? confirms(call) : []
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: texts)
            #expect(stage.client.status.publishing.connects == 1, "nothing of it breaks the connection")
            return outcomes
        }
    }

    @Test
    func confirmsComeInAnyOrder() async throws {
        let outcomes = try await Self.outcomes { call in
            [call.ack(4), call.nack(2), call.ack(6), call.ack(1), call.nack(5), call.ack(3)]
        }
        #expect(outcomes == [.confirmed, .refused, .confirmed, .confirmed, .refused, .confirmed])
    }

    @Test
    func oneConfirmSettlesAllBeforeItThatAreOpen() async throws {
        let outcomes = try await Self.outcomes { call in
            [call.ack(3), call.nack(4, multiple: true), call.ack(6, multiple: true)]
        }
        #expect(outcomes == [.refused, .refused, .confirmed, .refused, .confirmed, .confirmed])
    }

    @Test
    func numberZeroWithMultipleMeansAllThatAreOpen() async throws {
        let acks = try await Self.outcomes { call in [call.nack(5), call.ack(0, multiple: true)] }
        #expect(acks == [.confirmed, .confirmed, .confirmed, .confirmed, .refused, .confirmed])
        let nacks = try await Self.outcomes { call in [call.ack(5), call.nack(0, multiple: true)] }
        #expect(nacks == [.refused, .refused, .refused, .refused, .confirmed, .refused])
    }

    @Test
    func theFirstOfTwoConfirmsCounts() async throws {
        let outcomes = try await Self.outcomes { call in
            [call.ack(1), call.nack(1), call.ack(2, multiple: true), call.nack(3, multiple: true), call.ack(3)]
                + [call.ack(6, multiple: true), call.nack(2)]
        }
        #expect(outcomes == [.confirmed, .confirmed, .refused, .confirmed, .confirmed, .confirmed])
    }

    @Test
    func aNumberBeyondAllPublishesBreaksTheConnectionAndEverythingIsPublishedAgain() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish, call.life == 1 else { return nil }
            // The first is confirmed and must not come again.
            return publish.number == 6 ? [call.ack(1), call.ack(7)] : []
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: Self.texts)
            #expect(outcomes == Array(repeating: .confirmed, count: 6))
            #expect(stage.breaks.codes("publishing") == ["protocolViolation"])
            #expect(stage.broker.texts == Self.texts + Self.texts.dropFirst())
            #expect(stage.breaks.codes("consuming").isEmpty, "the other connection did nothing wrong")
        }
    }

    @Test
    func numberZeroWithoutMultipleIsNobodysNumber() async throws {
        try await withScriptedClient { call in
            call.publish != nil && call.life == 1 ? [call.ack(0)] : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.client.status.publishing.connects == 2)
        }
    }

    /// No confirm comes that would wake the connection, and its next look for heartbeats is 20 s away.
    @Test
    func whatIsHeldBackForANewChannelIsPublishedWhenTheOldOneIsNotDoneInTime() async throws {
        try await withScriptedClient { call in
            if call.method == .connectionStartOk { return [call.tune(heartbeat: 60)] }
            guard let publish = call.publish else { return nil }
            return publish.text == "forgotten" ? [] : [call.nack(publish.number)]
        } configure: {
            $0.heartbeat = .seconds(60)
        } body: { stage in
            let forgotten = Task { try await stage.client.publish(texts: ["forgotten"]) }
            try await eventually("it is published") { stage.broker.texts == ["forgotten"] }
            var longest = Duration.zero
            // A channel is kept for a second, also where it refuses; then the next message has to wait.
            while longest < .milliseconds(500) {
                let start = ContinuousClock.now
                let outcomes = try await stage.client.publish(texts: ["refused"])
                #expect(outcomes == [.refused])
                longest = max(longest, ContinuousClock.now - start)
            }
            #expect(longest < .seconds(10))
            forgotten.cancel()
            await #expect(throws: CancellationError.self) { try await forgotten.value }
        }
    }

    @Test
    func manyConfirmsInEveryOrderSettleEachMessageOnce() async throws {
        try await forEachSeed(20) { seed, generator in
            let order = (1...200).map(UInt64.init).shuffled(using: &generator)
            let refused = Set(order.filter { $0.isMultiple(of: 3) })
            try await withScriptedClient { call in
                guard let publish = call.publish else { return nil }
                guard publish.number == 200 else { return [] }
                return order.map { refused.contains($0) ? call.nack($0) : call.ack($0) }
            } body: { stage in
                let outcomes = try await stage.client.publish(texts: (1...200).map(String.init))
                #expect(
                    outcomes == (1...200).map { refused.contains($0) ? .refused : .confirmed }, "seed \(seed)")
            }
        }
    }
}
