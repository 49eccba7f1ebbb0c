import LockstepTesting
import RabbitMQ
import Testing

/// Messages that come back: a return bears no number, only what the message says of itself.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedReturnTests {
    private static let noRoute = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")

    private static func publication(_ text: String, id: String, key: String = "q") -> Publication {
        Publication(Message(text, id: id), to: "", routingKey: key)
    }

    @Test
    func aReturnThatIsFollowedByAnAckMeansUnroutable() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            return publish.text == "2" ? [call.giveBack(publish), call.ack(2)] : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1", "2", "3"])
            #expect(outcomes == [.confirmed, Self.noRoute, .confirmed])
        }
    }

    @Test
    func aReturnThatIsFollowedByANackMeansRefused() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            return publish.text == "2" ? [call.giveBack(publish), call.nack(2)] : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1", "2", "3"])
            #expect(outcomes == [.confirmed, .refused, .confirmed])
        }
    }

    @Test
    func ofTwoMessagesWithOneIDTheOldestThatFitsCameBack() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            guard publish.number == 3 else { return [] }
            return [call.giveBack(publish), call.ack(3, multiple: true)]
        } body: { stage in
            let outcomes = try await stage.client.publish([
                Self.publication("1", id: "twin", key: "elsewhere"), Self.publication("2", id: "twin"),
                Self.publication("3", id: "twin"),
            ])
            #expect(outcomes == [.confirmed, Self.noRoute, .confirmed], "another key is another message")
        }
    }

    @Test
    func bothOfTwoMessagesWithOneIDComeBack() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            guard publish.number == 2 else { return [call.giveBack(publish)] }
            return [call.giveBack(publish), call.ack(2, multiple: true)]
        } body: { stage in
            let outcomes = try await stage.client.publish([
                Self.publication("1", id: "twin"), Self.publication("2", id: "twin"),
            ])
            #expect(outcomes == [Self.noRoute, Self.noRoute])
        }
    }

    @Test
    func aReturnWithoutAMessageIDIsNobodys() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish else { return nil }
            return [call.giveBack(publish, id: .some(nil)), call.giveBack(publish, id: "a stranger"), .asUsual]
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.breaks.all.isEmpty)
        }
    }

    @Test
    func aReturnThatComesAfterItsAckChangesNothing() async throws {
        try await withScriptedClient { call in
            call.publish.map { [call.ack($0.number), call.giveBack($0)] }
        } body: { stage in
            let first = try await stage.client.publish(texts: ["1"])
            let second = try await stage.client.publish(texts: ["2"])
            #expect(first + second == [.confirmed, .confirmed])
            #expect(stage.breaks.all.isEmpty)
        }
    }

    @Test
    func aMessageThatCameBackOnAConnectionThatBrokeIsJudgedAnew() async throws {
        try await withScriptedClient { call in
            guard let publish = call.publish, call.life == 1 else { return nil }
            return [call.giveBack(publish), .endOfFile]
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.broker.texts == ["1", "1"])
        }
    }
}
