import Lockstep
import LockstepTesting
import Logging
import RabbitMQ
import Testing

enum TestingSnippets {
    static func worker(_ subscription: Subscription, _ event: Event, _ logger: Logger) async throws {
        struct MyAdapter: Adapter {
            func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
                changes.map { _ in .applied }
            }
        }
        let transport = MemoryTransport(delivering: [[EventDelivery(.success(event))]])
        let worker = OfficeWorker(
            subscription, transport: transport, replica: MemoryReplica(), adapter: MyAdapter(), logger: logger)
        try await worker.run()
        #expect(await transport.verdicts == [[.done]])
    }

    static func checker(
        _ publisher: EventPublisher, _ shape: Workload.Shape, _ offices: [OfficeHistory]
    ) async throws {
        var checker = HistoryChecker()
        for published in try await publisher.publish(try Workload(shape, seed: 17).drafts) {
            checker.attempt(published.event)
            if published.outcome == .confirmed { checker.accept(published.event.id) }
        }
        let verdict = checker.judge(offices)
        #expect(verdict.isClean, "\(verdict)")
    }

    static func scriptedBroker() async throws {
        try await withScriptedBroker { call in
            switch (call.method, call.publish) {
            case (.basicConsume, _): [.asUsual, call.deliver(1, "hello"), call.cancelConsumer()]
            case (_, let publish?): publish.number == 2 ? [call.nack(2, multiple: true)] : []
            default: call.life == 1 && call.method == .connectionOpen ? [.reset] : nil
            }
        } body: { broker in
            // connect a client to broker.url, look at broker.publishes and broker.received
        }
    }
}
