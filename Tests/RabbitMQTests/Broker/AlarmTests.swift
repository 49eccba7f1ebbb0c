import LockstepTesting
import Metrics
import PrivateBroker
import PrometheusText
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// A broker that runs short of memory, of space on its disk, or of both.
    @Suite(.timeLimit(.minutes(4)))
    struct AlarmTests {
        @Test
        func publishingPausesUntilTheLastAlarmIsOver() async throws {
            try await withBroker { broker, proxy, client, metrics in
                #expect(try blockedSeconds(metrics) == 0)
                try await client.declare(Topology(queues: [.quorum("q")]))
                try await broker.raiseAlarm(.memory)
                try await broker.raiseAlarm(.disk)
                let isConfirmed = Flag()
                async let outcome = {
                    let outcome = try await client.publish(Message("later"), to: "", routingKey: "q")
                    isConfirmed.set()
                    return outcome
                }()
                try await eventually("both are there, and seen") {
                    guard case .blocked = client.status.publishing.state else { return false }
                    return try await alarms(of: broker) == ["disk", "memory"]
                }
                try await eventually("its time grows while it lasts") { try blockedSeconds(metrics) > 1.5 }
                async let next = client.publish(Message("much later"), to: "", routingKey: "q")
                try await broker.clearAlarm(.memory)
                try await eventually("one is over") { try await alarms(of: broker) == ["disk"] }
                guard case .blocked = client.status.publishing.state else {
                    Issue.record("the disk's alarm still stands")
                    return
                }
                #expect(!isConfirmed.isSet)
                // The broker tells nobody of an alarm before he publishes.
                #expect(await proxy.arrived(.basicPublish, .clientToBroker) == 1, "the next one was not sent")
                try await broker.clearAlarm(.disk)
                #expect(try await outcome == .confirmed)
                #expect(try await next == .confirmed)
                try await eventually("the alarms are over") { client.status.state == .ready }
                #expect(client.status.publishing.connects == 1)
                let blocked = try blockedSeconds(metrics)
                #expect(try await client.publish(Message("now"), to: "", routingKey: "q") == .confirmed)
                #expect(try blockedSeconds(metrics) == blocked, "it is over")
            }
        }

        /// How long the broker has blocked the publishing connection, as it is shown.
        private func blockedSeconds(_ registry: PrometheusRegistry) throws -> Double {
            let start = #"rabbitmq_client_blocked_seconds_total{client="tests",connection="publishing"} "#
            let line = try #require(registry.text().split(separator: "\n").first { $0.hasPrefix(start) })
            return try #require(Double(line.dropFirst(start.count)))
        }

        private func alarms(of broker: PrivateBroker) async throws -> [String] {
            let alarms = try await broker.control(["eval", "rabbit_alarm:get_alarms()."])
            return ["disk", "memory"].filter { alarms.contains("{resource_limit,\($0),") }
        }

        private func withBroker(
            _ body: @Sendable (PrivateBroker, FaultProxy, RabbitMQClient, PrometheusRegistry) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                var configuration = PrivateBrokerConfiguration(directory: directory)
                configuration.management = false
                try await withPrivateBroker(configuration, logger: .quiet) { broker in
                    try await withFaultProxy(to: broker.amqpPort) { proxy in
                        let metrics = PrometheusRegistry()
                        try await withMetricsFactory(metrics) {
                            try await withClient(url: "amqp://guest:guest@127.0.0.1:\(proxy.port)/") { client in
                                try await body(broker, proxy, client, metrics)
                            }
                        }
                    }
                }
            }
        }
    }
}
