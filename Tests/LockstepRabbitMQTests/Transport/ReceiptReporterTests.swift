import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Synchronization
import Testing

/// How many deliveries were worked off, from whichever thread.
private final class Taken: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func add(_ count: Int) { state.withLock { $0 += count } }
}

/// What an office reports to the ledger.
@Suite(.timeLimit(.minutes(2)))
struct ReceiptReporterTests {
    /// Answers for so many deliveries of ward 3, then runs `afterwards`.
    private func work(
        _ offices: Offices, through transport: RabbitMQTransport? = nil, off count: Int,
        _ answer: @escaping @Sendable (Event, Int) throws -> DeliveryAnswer, afterwards: () async throws -> Void
    ) async throws {
        let taken = Taken()
        let (transport, ward) = (transport ?? offices.transport, try OfficeName("ward-3"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await transport.deliver(to: ward, mode: .immediate) { deliveries in
                    defer { taken.add(deliveries.count) }
                    return try deliveries.map { delivery in
                        guard let event = try? delivery.content.get() else {
                            return DeliveryAnswer(.dead(Failure(.undecodable, "no event")))
                        }
                        return try answer(event, delivery.attempt)
                    }
                }
            }
            try await eventually("they are worked off", within: .seconds(30)) { taken.count >= count }
            try await afterwards()
            group.cancelAll()
        }
    }

    private func reports(_ count: Int, of offices: Offices) async throws -> [ReceiptBatch] {
        try await offices.take(count, from: BrokerName.ledger).map { delivery in
            #expect(delivery.message.properties.type == "lockstep.receipts")
            #expect(delivery.message.properties.deliveryMode == .persistent)
            return try ReceiptCodec.batch(fromJSON: delivery.message.body)
        }
    }

    @Test
    func saysNothingWhereItIsNotToReport() async throws {
        try await withOffices { offices in
            let silent = RabbitMQTransport(offices.client, logger: quiet, reportsReceipts: false)
            _ = try await offices.transport.publish([try sampleEvent(1)])
            try await work(offices, through: silent, off: 1) { _, _ in
                DeliveryAnswer(.done, outcome: .applied)
            } afterwards: {
                try await eventually("it is acknowledged") {
                    try await offices.client.inspect(queue: "lockstep.office.ward-3")?.messages == 0
                }
            }
            #expect(try await offices.client.inspect(queue: BrokerName.ledger)?.messages == 0)
        }
    }

    @Test
    func saysOfEachEventWhatBecameOfIt() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish((1...5).map { try sampleEvent($0) })
            let garbage = Message(body: [0xFF])
            _ = try await offices.client.publish(garbage, to: "lockstep.events", routingKey: "permit.x.ward-3")
            var receipts: [Receipt] = []
            try await work(offices, off: 6) { event, _ in
                switch event.id.text {
                case "event-1": DeliveryAnswer(.done, outcome: .applied)
                case "event-2": DeliveryAnswer(.done, outcome: .conflict)
                case "event-3":
                    DeliveryAnswer(
                        .retry(
                            after: RetryDelay(closestTo: .seconds(3_600)), attempt: 2, Failure(.adapter, "it is down")),
                        outcome: .applied)
                case "event-4": DeliveryAnswer(.dead(Failure(.refused, "no such slot")), outcome: .applied)
                default: DeliveryAnswer(.done, outcome: .duplicate)
                }
            } afterwards: {
                while receipts.count < 5 {
                    for report in try await reports(1, of: offices) {
                        #expect(report.office.text == "ward-3")
                        receipts += report.receipts
                    }
                }
            }
            let outcomes = Dictionary(uniqueKeysWithValues: receipts.map { ($0.event.text, $0.outcome) })
            #expect(outcomes["event-1"] == .done(.applied))
            #expect(outcomes["event-2"] == .done(.conflict))
            #expect(outcomes["event-4"] == .dead(reason: "no such slot"))
            #expect(outcomes["event-5"] == .done(.duplicate))
            guard case .waiting(let until, "it is down") = outcomes["event-3"] else {
                Issue.record("it waits")
                return
            }
            #expect(until > WallClock.system.now)
            #expect(receipts.allSatisfy { $0.attempt == 1 && $0.subject.text.hasPrefix("permit/") })
        }
    }

    @Test
    func aDeliveryIsNotAcknowledgedBeforeItsReportIsSafe() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish([try sampleEvent(1)])
            try await withFaultProxy(to: offices.host.broker.amqpPort) { proxy in
                // The broker's confirms are what a report waits for.
                let fault = await proxy.inject(.hold(.basicAck), .brokerToClient)
                try await withClient(through: proxy.port, of: offices) { behind in
                    try await work(behind, off: 1) { _, _ in
                        DeliveryAnswer(.done, outcome: .applied)
                    } afterwards: {
                        let start = ContinuousClock.now
                        try await eventually("the broker has the report") {
                            try await offices.client.inspect(queue: BrokerName.ledger)?.messages == 1
                        }
                        // A worker is patient for three seconds.
                        if start.duration(to: .now) < .seconds(2) {
                            #expect(await proxy.arrived(.basicAck, .clientToBroker) == 0)
                        }
                        await proxy.heal(fault)
                        try await eventually("then it is acknowledged") {
                            await proxy.arrived(.basicAck, .clientToBroker) > 0
                        }
                    }
                }
            }
        }
    }

    @Test
    func anOfficeGoesOnWhereTheBrokerDoesNotAnswer() async throws {
        try await withOffices { offices in
            _ = try await offices.transport.publish([try sampleEvent(1)])
            try await withFaultProxy(to: offices.host.broker.amqpPort) { proxy in
                await proxy.inject(.hold(.basicAck), .brokerToClient)
                try await withClient(through: proxy.port, of: offices) { behind in
                    try await work(behind, off: 1) { _, _ in
                        DeliveryAnswer(.done, outcome: .applied)
                    } afterwards: {
                        try await eventually("it is acknowledged all the same", within: .seconds(20)) {
                            await proxy.arrived(.basicAck, .clientToBroker) > 0
                        }
                    }
                }
            }
        }
    }

    /// The same offices, by a client of their own that goes another way.
    private func withClient(
        through port: Int, of offices: Offices, _ body: (Offices) async throws -> Void
    ) async throws {
        var configuration = try RabbitMQClientConfiguration(url: offices.host.amqpURL)
        for index in configuration.endpoints.indices { configuration.endpoints[index].port = port }
        let client = RabbitMQClient(configuration: configuration, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.waitUntilReady()
            try await body(Offices(host: offices.host, client: client, subscriptions: offices.subscriptions))
            group.cancelAll()
        }
    }

    @Test
    func anOfficeGoesOnWhereTheLedgersQueueIsFull() async throws {
        try await withOffices { offices in
            try await offices.client.delete(queue: BrokerName.ledger)
            let full: FieldTable = ["x-queue-type": "quorum", "x-max-length": 0, "x-overflow": "reject-publish"]
            try await offices.client.declare(
                Topology(
                    queues: [Queue(name: "full", arguments: full)],
                    bindings: [
                        Binding(
                            source: BrokerName.receipts, destination: .queue("full"), routingKey: "ward-3")
                    ]))
            _ = try await offices.transport.publish((1...50).map { try sampleEvent($0) })
            try await work(offices, off: 50) { _, _ in
                DeliveryAnswer(.done, outcome: .applied)
            } afterwards: {
                try await allIsAcknowledged(in: offices)
            }
        }
    }

    private func allIsAcknowledged(in offices: Offices) async throws {
        try await eventually("all is acknowledged", within: .seconds(30)) {
            // The management API says now and then that it failed, when the broker has much to do.
            let queues = try? await offices.management.queues()
            return queues?.first { $0.name == "lockstep.office.ward-3" }?.total == 0
        }
    }

    @Test
    func anOfficeGoesOnWhereNobodyTakesItsReports() async throws {
        try await withOffices { offices in
            try await offices.client.delete(exchange: BrokerName.receipts)
            _ = try await offices.transport.publish((1...50).map { try sampleEvent($0) })
            try await work(offices, off: 50) { _, _ in
                DeliveryAnswer(.done, outcome: .applied)
            } afterwards: {
                try await allIsAcknowledged(in: offices)
            }
        }
    }
}
