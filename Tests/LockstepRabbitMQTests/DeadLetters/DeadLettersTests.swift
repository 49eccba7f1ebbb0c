import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DeadLettersTests {
    /// Runs the closure with an office that has so many dead letters, `event-1` and so on.
    private static func withDeadLetters(_ count: Int, _ body: (Offices, DeadLetters) async throws -> Void) async throws
    {
        try await withOffices(["ward-3": ["#"], "ward-4": ["#"]]) { offices in
            for number in 1...count {
                let properties = MessageProperties(
                    headers: [
                        "lockstep-attempt": 3, "lockstep-error-class": "refused", "lockstep-error": "no such slot",
                    ],
                    messageID: "event-\(number)"
                )
                let outcome = try await offices.client.publish(
                    Message(body: Array("{}".utf8), properties: properties), to: "lockstep.dead", routingKey: "ward-3")
                #expect(outcome == .confirmed)
            }
            try await body(offices, DeadLetters(of: try OfficeName("ward-3"), client: offices.client))
        }
    }

    private static func depth(_ offices: Offices, _ queue: String) async throws -> Int? {
        try await offices.client.inspect(queue: "lockstep.office." + queue)?.messages
    }

    @Test func lookingChangesNeitherNumberNorOrder() async throws {
        try await Self.withDeadLetters(5) { _, letters in
            let first = try await letters.list(limit: 10).map(\.id)
            #expect(first == ["event-1", "event-2", "event-3", "event-4", "event-5"])
            #expect(try await letters.list(limit: 10).map(\.id) == first)
            #expect(try await letters.list(limit: 2).map(\.id) == ["event-1", "event-2"])
        }
    }

    @Test func aReplayedOneIsBackInThatOneOfficesQueueAsIfItWereNew() async throws {
        try await Self.withDeadLetters(3) { offices, letters in
            #expect(try await letters.replay(.ids(["event-2"])) == 1)
            #expect(try await letters.list(limit: 10).map(\.id) == ["event-1", "event-3"])
            #expect(try await Self.depth(offices, "ward-4") == 0)
            let properties = try await offices.take(1, from: "lockstep.office.ward-3").map(\.message.properties)
            #expect(properties.map(\.messageID) == ["event-2"])
            #expect(properties[0].headers["lockstep-attempt"] == nil)
            #expect(properties[0].headers["lockstep-error-class"] == nil)
            #expect(properties[0].headers["lockstep-replays"] == 1)
        }
    }

    @Test func allOfThemGoInChunks() async throws {
        try await Self.withDeadLetters(30) { offices, letters in
            #expect(try await letters.replay(.all) == 30)
            #expect(try await letters.list(limit: 1).isEmpty)
            try await eventually("all are back", within: .seconds(10)) {
                try await Self.depth(offices, "ward-3") == 30
            }
        }
    }

    @Test func whatCannotGoBackStaysADeadLetter() async throws {
        try await Self.withDeadLetters(2) { offices, letters in
            try await offices.client.delete(queue: "lockstep.office.ward-3")
            #expect(try await letters.replay(.all) == 0)
            try await eventually("both are still there", within: .seconds(10)) {
                try await letters.list(limit: 10).count == 2
            }
        }
    }

    @Test func discardingTakesTheChosenOnesAway() async throws {
        try await Self.withDeadLetters(3) { offices, letters in
            let discarded = try await letters.discard(.ids(["event-1", "event-3", "nobody"]))
            #expect(discarded == 2)
            #expect(try await letters.list(limit: 10).map(\.id) == ["event-2"])
            #expect(try await Self.depth(offices, "ward-3") == 0)
        }
    }

    @Test func anOfficeThatTheBrokerDoesNotKnowIsAnErrorThatSaysWhatToDo() async throws {
        try await withOffices(declaring: false) { offices in
            let letters = DeadLetters(of: try OfficeName("ward-3"), client: offices.client)
            let error = await #expect(throws: LockstepError.self) { try await letters.replay(.all) }
            #expect(error?.code == .notFound)
        }
    }
}
