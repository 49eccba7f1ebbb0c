import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

/// What was reported, from whichever thread.
private final class Heard: Sendable {
    let reports = Mutex<[LedgerReport]>([])
}

@Suite(.timeLimit(.minutes(2)))
struct ReportQueueTests {
    private static func batch(_ office: String, _ number: Int) throws -> ReceiptBatch {
        let event = try sampleEvent(number)
        return ReceiptBatch(
            office: try OfficeName(office), at: Timestamp(microseconds: 1_720_000_000_000_000),
            receipts: [
                Receipt(
                    event: event.id, subject: event.subject, version: event.version, outcome: .done(.applied),
                    attempt: 1)
            ])
    }

    /// Takes reports until there are so many.
    private static func reports(_ offices: Offices, count: Int) async throws -> [LedgerReport] {
        let heard = Heard()
        let queue = ReportQueue(offices.client, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await queue.reports { reports in heard.reports.withLock { $0 += reports } }
            }
            try await eventually("the reports came", within: .seconds(30)) { heard.reports.withLock(\.count) >= count }
            group.cancelAll()
        }
        return heard.reports.withLock(\.self)
    }

    @Test func whatAnOfficeReportsReachesTheLedger() async throws {
        try await withOffices(["ward-3": ["#"], "ward-4": ["#"]]) { offices in
            let batches = try [Self.batch("ward-3", 1), Self.batch("ward-4", 2)]
            for batch in batches { try await offices.report(batch) }
            #expect(try await Self.reports(offices, count: 2) == batches.map { .receipts($0) })
            try await eventually("they are acknowledged") {
                try await offices.client.inspect(queue: "lockstep.ledger")?.messages == 0
            }
        }
    }

    @Test func whatIsPublishedIsReportedWithTheBrokersAnswer() async throws {
        try await withOffices { offices in
            let clock = WallClock { Timestamp(microseconds: 1_720_000_000_000_000) }
            let transport = RabbitMQTransport(offices.client, logger: quiet, clock: clock, reportsPublications: true)
            let events = try (1...2_001).map { try sampleEvent($0) }
            _ = try await transport.publish(events)
            let reports = try await Self.reports(offices, count: 3)
            var entries: [PublicationReport.Entry] = []
            for case .publications(let report) in reports {
                #expect(report.acceptedAt == clock.now && report.at == clock.now)
                entries += report.entries
            }
            #expect(entries == events.map { PublicationReport.Entry($0, .confirmed) })
        }
    }

    @Test func anEventThatWaitedInAnOutboxIsReportedAsOld() async throws {
        try await withOffices { offices in
            let transport = RabbitMQTransport(offices.client, logger: quiet, reportsPublications: true)
            let old = Timestamp(microseconds: 1_720_000_000_000_000)
            let event = try EventDraft(try sampleEvent(1)).received(acceptedAt: old)
            _ = try await transport.publish([event, try sampleEvent(2)])
            guard case .publications(let report) = try await Self.reports(offices, count: 1).first else {
                Issue.record("a publication")
                return
            }
            #expect(report.entries.map(\.acceptedAt) == [old, nil])
            #expect(report.acceptedAt > old)
        }
    }

    @Test func nothingIsReportedUnlessAskedFor() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish([try sampleEvent(1)])
            #expect(try await offices.client.inspect(queue: "lockstep.ledger")?.messages == 0)
        }
    }

    @Test func eventsArePublishedAlsoWhereTheLedgerCannotBeTold() async throws {
        try await withOffices { offices in
            try await offices.client.delete(exchange: "lockstep.receipts")
            let transport = RabbitMQTransport(offices.client, logger: quiet, reportsPublications: true)
            for number in 1...3 {
                #expect(try await transport.publish([try sampleEvent(number)]) == [.confirmed])
            }
            #expect(try await offices.client.inspect(queue: "lockstep.office.ward-3")?.messages == 3)
        }
    }

    @Test(arguments: [
        ("lockstep.receipts", "{\"office\":"), ("lockstep.receipts", "{\"at\":\"x\"}"), ("lockstep.publications", "[]"),
        ("lockstep.else", "{}"), ("", "{}"),
    ])
    func whatCannotBeReadIsKeptElsewhereAndTheNextOneGoesOn(type: String, body: String) async throws {
        try await withOffices { offices in
            let properties = MessageProperties(type: type.isEmpty ? nil : type)
            let garbage = Message(body: Array(body.utf8), properties: properties)
            let outcome = try await offices.client.publish(garbage, to: "lockstep.receipts", routingKey: "ward-3")
            #expect(outcome == .confirmed)
            try await offices.report(try Self.batch("ward-3", 1))
            #expect(try await Self.reports(offices, count: 1) == [.receipts(try Self.batch("ward-3", 1))])
            let letter = try #require(try await offices.take(1, from: "lockstep.ledger.dead").first)
            #expect(letter.message.body == garbage.body)
            #expect(letter.message.properties.headers["lockstep-error-class"]?.string == "undecodable")
            #expect(letter.message.properties.headers["lockstep-error"]?.string?.isEmpty == false)
            #expect(try await offices.client.inspect(queue: "lockstep.ledger")?.messages == 0)
        }
    }

    @Test func whatWasNotTakenInComesAgain() async throws {
        struct Full: Error {}
        try await withOffices { offices in
            try await offices.report(try Self.batch("ward-3", 1))
            await #expect(throws: Full.self) {
                try await ReportQueue(offices.client, logger: quiet).reports { _ in throw Full() }
            }
            #expect(try await Self.reports(offices, count: 1) == [.receipts(try Self.batch("ward-3", 1))])
        }
    }

    @Test func aSecondLedgerIsSentAway() async throws {
        try await withOffices { offices in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (queue, client) = (ReportQueue(offices.client, logger: quiet), offices.client)
                group.addTask { try await queue.reports { _ in } }
                try await eventually("the first one is there") {
                    client.consumers.contains { $0.isSubscribed }
                }
                let second = ReportQueue(offices.client, patience: .milliseconds(300), logger: quiet)
                let error = await #expect(throws: LockstepError.self) { try await second.reports { _ in } }
                #expect(error?.message.contains("Another ledger") == true)
                group.cancelAll()
            }
        }
    }

    /// Both find the queue free; of what is reported then each would take a part.
    @Test func ofTwoLedgersThatStartTogetherOneTakesAll() async throws {
        try await withOffices { offices in
            let second = RabbitMQClient(
                configuration: try RabbitMQClientConfiguration(url: offices.host.amqpURL), logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.run() }
                try await second.waitUntilReady()
                let heard = [Heard(), Heard()]
                for (client, heard) in zip([offices.client, second], heard) {
                    let queue = ReportQueue(client, patience: .seconds(30), logger: quiet)
                    group.addTask {
                        try await queue.reports { reports in heard.reports.withLock { $0 += reports } }
                    }
                }
                try await eventually("both have subscribed, or one waits") {
                    try await offices.client.inspect(queue: "lockstep.ledger")?.consumers ?? 0 > 0
                }
                for number in 1...200 { try await offices.report(try Self.batch("ward-3", number)) }
                try await eventually("all is taken", within: .seconds(30)) {
                    heard.map { $0.reports.withLock(\.count) }.reduce(0, +) >= 200
                }
                let counts = heard.map { $0.reports.withLock(\.count) }
                #expect(counts.contains(0) && counts.contains(200), "\(counts)")
                group.cancelAll()
            }
        }
    }
}

extension Offices {
    /// Reports as a worker does.
    fileprivate func report(_ batch: ReceiptBatch) async throws {
        let properties = MessageProperties(contentType: "application/json", type: "lockstep.receipts")
        let message = Message(body: ReceiptCodec.json(batch), properties: properties)
        let outcome = try await client.publish(message, to: "lockstep.receipts", routingKey: batch.office.text)
        #expect(outcome == .confirmed)
    }
}
