import LockstepTesting
import RabbitMQ
import Testing

/// A confirm that never comes, from a broker that is otherwise well.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedConfirmTimeoutTests {
    @Test
    func whatIsNotConfirmedInTimeIsPublishedAgainOnANewConnection() async throws {
        try await withScriptedClient { call in
            call.publish?.text == "2" && call.life == 1 ? [] : nil
        } configure: {
            $0.confirmTimeout = .milliseconds(1_500)
        } body: { stage in
            let start = ContinuousClock.now
            let outcomes = try await stage.client.publish(texts: ["1", "2", "3"])
            #expect(outcomes == [.confirmed, .confirmed, .confirmed])
            #expect(ContinuousClock.now - start < .seconds(20), "long before the default of half a minute")
            #expect(stage.broker.texts == ["1", "2", "3", "2"], "what was confirmed does not come again")
            #expect(stage.breaks.codes("publishing").count == 1)
            #expect(stage.breaks.codes("consuming").isEmpty)
        }
    }

    @Test
    func everythingUnconfirmedIsPublishedAgainInItsOrder() async throws {
        try await withScriptedClient { call in
            call.publish != nil && call.life <= 2 ? [] : nil
        } configure: {
            $0.confirmTimeout = .milliseconds(1_500)
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1", "2", "3"])
            #expect(outcomes == [.confirmed, .confirmed, .confirmed])
            #expect(stage.broker.texts == ["1", "2", "3", "1", "2", "3", "1", "2", "3"])
        }
    }

    /// It is the oldest that counts: the others' confirms do not hold it up for ever.
    @Test
    func oneThatIsForgottenAmongManyIsPublishedAgain() async throws {
        try await withScriptedClient { call in
            call.publish?.text == "forgotten" && call.life == 1 ? [] : nil
        } configure: {
            $0.confirmTimeout = .milliseconds(1_500)
        } body: { stage in
            let isDone = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let outcomes = try await stage.client.publish(texts: ["forgotten"])
                    #expect(outcomes == [.confirmed])
                    isDone.set()
                }
                while !isDone.isSet { _ = try await stage.client.publish(texts: ["other"]) }
                try await group.waitForAll()
            }
            #expect(stage.broker.texts.filter { $0 == "forgotten" }.count == 2)
            #expect(stage.breaks.codes("publishing").count == 1)
        }
    }

    /// The broker owes no confirms while it has blocked the connection.
    @Test
    func aBlockedConnectionIsNotGivenUp() async throws {
        let heartbeats = Collected<Void>()
        try await withScriptedClient { call in
            guard call.isPublishing else { return nil }
            if call.publish != nil {
                let reason = WireArguments().shortString("low on memory").bytes
                return [.frames([WireFrame(.connectionBlocked, channel: 0, arguments: reason)])]
            }
            guard call.frame?.kind == .heartbeat else { return nil }
            heartbeats.append([()])
            // By then the confirm is more than a second overdue.
            guard heartbeats.count == 3 else { return nil }
            let ack = WireFrame(.basicAck, channel: 1, arguments: WireArguments().longLong(1).octet(0).bytes)
            return [.frames([ack, WireFrame(.connectionUnblocked, channel: 0)])]
        } configure: {
            $0.confirmTimeout = .milliseconds(1_500)
            $0.heartbeat = .seconds(1)
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.broker.texts == ["1"])
            #expect(stage.breaks.all.isEmpty)
        }
    }
}
