import Lockstep
import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

struct RetryLadderTests {
    private static let now = Timestamp(microseconds: 1_711_960_200_000_000)

    private static func waiting(
        _ message: Message, jitter: Double = 0.5, failure: Failure = Failure(.store, "the file is locked")
    ) throws -> Publication {
        RetryLadder(office: try OfficeName("ward-3")).waiting(
            message,
            after: RetryDelay.allCases[1],
            attempt: 2,
            failure: failure,
            at: now,
            jitter: jitter
        )
    }

    @Test func aRetryNamesItsDelayAndItsOffice() throws {
        let publication = try Self.waiting(Message(body: [1]))
        #expect(publication.exchange == "lockstep.wait")
        #expect(publication.routingKey == "5s.ward-3")
        #expect(publication.message.properties.headers["lockstep-attempt"] == 2)
        #expect(publication.message.properties.headers["lockstep-error-class"] == "store")
    }

    @Test func itsLastTenFailuresAreRemembered() throws {
        var message = Message(body: [1])
        for attempt in 1...12 {
            message = DeliveryHeaders.noting(
                Failure(.adapter, "failure \(attempt) " + String(repeating: "x", count: 300)), attempt: attempt,
                at: Self.now, on: message)
        }
        let errors = try #require(message.properties.headers["lockstep-errors"]?.array).compactMap(\.table)
        #expect(errors.map { $0["attempt"] } == (3...12).map { .int($0) })
        #expect(errors.allSatisfy { $0["reason"]?.string?.count == 200 && $0["class"] == "adapter" })
    }

    @Test func beingPutOffAgainAndAgainCrowdsNoFailureOut() throws {
        var message = DeliveryHeaders.noting(
            Failure(.adapter, "it failed"), attempt: 1, at: Self.now, on: Message(body: [1]))
        for second in 1...20 {
            message = DeliveryHeaders.noting(
                Failure(.adapter, "put off"), attempt: 2, at: Self.now.advanced(by: .seconds(second)), on: message)
        }
        let errors = try #require(message.properties.headers["lockstep-errors"]?.array).compactMap(\.table)
        #expect(errors.map { $0["reason"] } == ["it failed", "put off"])
        #expect(errors.last?["at"] == .string(Self.now.advanced(by: .seconds(20)).rfc3339))
    }

    @Test(arguments: [(0, "5000"), (0.5, "4500"), (1, "4000"), (7, "4000")] as [(Double, String)])
    func theExpirationLiesALittleBelowTheQueues(_ jitter: Double, _ expiration: String) throws {
        #expect(try Self.waiting(Message(body: []), jitter: jitter).message.properties.expiration == expiration)
    }

    @Test func aTimeThatWasAskedForIsNotShortened() throws {
        let asked = Failure(.later, "asked to be tried later")
        #expect(try Self.waiting(Message(body: []), jitter: 1, failure: asked).message.properties.expiration == "5000")
    }

    @Test func theFirstFailureIsRemembered() throws {
        var message = try Self.waiting(Message(body: [])).message
        message.properties.headers["lockstep-first-failed-at"] = "2024-01-01T00:00:00Z"
        let again = try Self.waiting(message).message
        #expect(again.properties.headers["lockstep-first-failed-at"] == "2024-01-01T00:00:00Z")
    }

    @Test func headersThatSteerTheBrokerAreLeftOut() throws {
        let headers: FieldTable = [
            "x-death": [["count": 3]], "x-delivery-count": 2, "CC": ["elsewhere"], "BCC": ["x"], "mine": 1,
        ]
        let message = Message(
            body: [], properties: MessageProperties(headers: headers, expiration: "1", userID: "guest"))
        let kept = try Self.waiting(message).message.properties
        #expect(Set(kept.headers.keys.filter { !$0.hasPrefix("lockstep-") }) == ["mine"])
        #expect(kept.userID == nil)
        let dead = RetryLadder(office: try OfficeName("ward-3"))
            .dead(message, attempt: 1, failure: Failure(.refused, "no"), at: Self.now)
        #expect(dead.message.properties.expiration == nil)
        #expect(dead.routingKey == "ward-3")
    }

    @Test(arguments: ["7", -1, 0, 1001, [1], true] as [FieldValue])
    func aStrangersAttemptCountsAsTheFirst(_ value: FieldValue) {
        let message = Message(body: [], properties: MessageProperties(headers: ["lockstep-attempt": value]))
        #expect(DeliveryHeaders.attempt(of: message) == 1)
    }
}
