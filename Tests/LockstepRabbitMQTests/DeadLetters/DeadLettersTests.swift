import Lockstep
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

@Suite(.timeLimit(.minutes(2)))
struct DeadLettersTests {
    /// Replays, and returns how many went.
    private static func replay(_ letters: DeadLetters, _ selection: DeadLetterSelection) async throws -> Int {
        var count = 0
        try await letters.replay(selection) { ids, _ in count += ids.count }
        return count
    }

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

    @Test func aLaterPartOfTheListKeepsNothingOfThoseBefore() async throws {
        try await Self.withDeadLetters(7) { _, letters in
            var kept: [String] = []
            let rows = try await letters.list(skipping: 2, limit: 3) { letter in
                kept.append(letter.id)
                return letter.size
            }
            #expect(rows == [2, 2, 2])
            #expect(kept == ["event-3", "event-4", "event-5"])
            let refused = DeadLetterSelection(cause: "refused")
            #expect(try await letters.list(refused, skipping: 5, limit: 3) { $0.id } == ["event-6", "event-7"])
            #expect(try await letters.list(skipping: 9, limit: 3) { $0.id }.isEmpty)
            #expect(try await letters.list(limit: 10).count == 7)
        }
    }

    @Test func aReplayedOneIsBackInThatOneOfficesQueueAsIfItWereNew() async throws {
        try await Self.withDeadLetters(3) { offices, letters in
            #expect(try await Self.replay(letters, .ids(["event-2"])) == 1)
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
            #expect(try await Self.replay(letters, .all) == 30)
            #expect(try await letters.list(limit: 1).isEmpty)
            try await eventually("all are back", within: .seconds(10)) {
                try await Self.depth(offices, "ward-3") == 30
            }
        }
    }

    @Test func someOfManyGoAndTheOthersKeepTheirOrder() async throws {
        let count = 3_000
        try await withOffices(["ward-3": ["#"]]) { offices in
            let letters = try await Self.fill(offices, count) { $0 > 1_500 && $0 % 30 == 0 }
            let chosen = DeadLetterSelection(type: try TopicPattern("permit.odd"))
            #expect(try await letters.list(chosen, limit: 2).map(\.id) == ["event-1530", "event-1560"])
            var sent: [String] = []
            try await letters.replay(chosen) { ids, total in
                sent += ids
                #expect(total == count)
            }
            let wanted = (1...count).filter { $0 > 1_500 && $0 % 30 == 0 }.map { "event-\($0)" }
            #expect(sent == wanted)
            let arrived = try await offices.take(wanted.count, from: "lockstep.office.ward-3")
            #expect(arrived.compactMap(\.message.properties.messageID) == wanted)
            let rest = try await letters.list(limit: .max).map(\.id)
            #expect(rest == (1...count).map { "event-\($0)" }.filter { !wanted.contains($0) })
        }
    }

    /// Makes so many dead letters; those that are chosen are of the type `permit.odd`.
    private static func fill(
        _ offices: Offices, _ count: Int, _ isChosen: (Int) -> Bool
    ) async throws -> DeadLetters {
        let outcomes = try await offices.client.publish(
            (1...count).map { number in
                let properties = MessageProperties(
                    headers: ["lockstep-error-class": "refused", "lockstep-error": .string("no slot \(number)")],
                    messageID: "event-\(number)", type: isChosen(number) ? "permit.odd" : "permit.issued")
                return Publication(
                    Message(body: Array("{}".utf8), properties: properties), to: "lockstep.dead", routingKey: "ward-3")
            })
        #expect(outcomes.allSatisfy { $0 == .confirmed })
        let letters = DeadLetters(of: try OfficeName("ward-3"), client: offices.client)
        try await eventually("all are there", within: .seconds(20)) {
            try await depth(offices, "ward-3.dead") == count
        }
        return letters
    }

    @Test func aRateIsKept() async throws {
        try await Self.withDeadLetters(15) { _, letters in
            let start = ContinuousClock.now
            try await letters.replay(.all, rate: 30)
            #expect(ContinuousClock.now - start >= .milliseconds(450))
        }
    }

    @Test func oneThatReturnsSaysSoAndRemembersHowItFailed() async throws {
        try await Self.withDeadLetters(1) { offices, letters in
            try await letters.replay(.all)
            let sent = try #require(try await offices.take(1, from: "lockstep.office.ward-3").first)
            let failure = Failure(.refused, "no such slot, still")
            let letter = RetryLadder(office: try OfficeName("ward-3"))
                .dead(sent.message, attempt: 2, failure: failure, at: Timestamp(microseconds: 1_000_000))
            #expect(try await offices.client.publish([letter]) == [.confirmed])
            let returned = try #require(try await letters.list(limit: 1).first)
            #expect(returned.replays == 1)
            #expect(returned.replayedAt != nil)
            #expect(returned.diedAt == Timestamp(microseconds: 1_000_000))
            #expect(returned.failures.map(\.error) == ["no such slot, still"])
            #expect(returned.failures.map(\.attempt) == [2])
        }
    }

    @Test func whatCannotGoBackStaysADeadLetter() async throws {
        try await Self.withDeadLetters(2) { offices, letters in
            try await offices.client.delete(queue: "lockstep.office.ward-3")
            let error = await #expect(throws: LockstepError.self) { try await letters.replay(.all) }
            #expect(error?.code == .brokerUnavailable)
            try await eventually("both are still there", within: .seconds(10)) {
                try await letters.list(limit: 10).count == 2
            }
        }
    }

    @Test func discardingTakesTheChosenOnesAway() async throws {
        try await Self.withDeadLetters(3) { offices, letters in
            var discarded: [String] = []
            try await letters.discard(.ids(["event-1", "event-3", "nobody"])) { ids, _ in discarded += ids }
            #expect(discarded == ["event-1", "event-3"])
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
