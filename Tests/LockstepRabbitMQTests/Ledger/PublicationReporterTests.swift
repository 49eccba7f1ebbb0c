import Lockstep
import LockstepTesting
import Logging
import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

/// What a publisher says where the ledger cannot be told, and when it can be told again.
@Suite(.timeLimit(.minutes(2)))
struct PublicationReporterTests {
    private static func report(_ number: Int, by reporter: PublicationReporter) async throws {
        await reporter.report(
            [try sampleEvent(number)], [.confirmed], acceptedAt: WallClock.system.now, at: WallClock.system.now)
    }

    @Test func aFullQueueIsSaidOnceAndSoIsThatItTakesReportsAgain() async throws {
        try await withOffices { offices in
            try await offices.client.delete(queue: BrokerName.ledger)
            let full: FieldTable = ["x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish"]
            try await offices.client.declare(
                Topology(
                    queues: [Queue(name: "full", arguments: full)],
                    bindings: [
                        Binding(
                            source: BrokerName.receipts, destination: .queue("full"),
                            routingKey: BrokerName.publications)
                    ]))
            let log = RecordingLog()
            let reporter = PublicationReporter(offices.client, logger: log.logger)
            for number in 1...6 { try await Self.report(number, by: reporter) }
            #expect(log.levels == [.warning], "the first one had room")
            _ = try await offices.take(1, from: "full")
            try await Self.report(7, by: reporter)
            #expect(log.levels == [.warning, .info])
            #expect(log.metadata.last?["dropped"] == "5")
            try await Self.report(8, by: reporter)
            #expect(log.levels == [.warning, .info, .warning], "another time is news again")
        }
    }

    @Test func aMissingExchangeIsSaidOnceAndTriedAgainAfterAWhile() async throws {
        try await withOffices { offices in
            try await offices.client.delete(exchange: BrokerName.receipts)
            let log = RecordingLog()
            let reporter = PublicationReporter(offices.client, silence: .milliseconds(300), logger: log.logger)
            for number in 1...5 { try await Self.report(number, by: reporter) }
            #expect(log.levels == [.warning])
            try await offices.client.declare(OfficeTopology.complete(for: offices.subscriptions))
            try await eventually("the ledger is told again") {
                try await Self.report(6, by: reporter)
                return try await offices.client.inspect(queue: BrokerName.ledger)?.messages ?? 0 > 0
            }
            #expect(log.levels == [.warning, .info])
        }
    }

    @Test func nothingIsTriedForAWhileAfterAnError() {
        var gap = ReportGap()
        let start = ContinuousClock.now
        #expect(!gap.isSilent(at: start) && gap.end() == nil)
        gap.keepSilent(from: start)
        let news = [gap.isNews(), gap.isNews()]
        #expect(news == [true, false])
        #expect(gap.isSilent(at: start + .seconds(29)) && !gap.isSilent(at: start + .seconds(30)))
        gap.drop(3)
        let ends = [gap.end(), gap.end()]
        #expect(ends == [3, nil])
        #expect(!gap.isSilent(at: start))
    }
}
