import Metrics
import PrometheusText
import Testing

@testable import RabbitMQ

@Suite(.timeLimit(.minutes(1)))
struct ClientMetricsTests {
    private static let labels = #"{client="test",connection="publishing"}"#

    @Test func aConnectionsStateIsShownAndWhatItWentThroughCounted() {
        let registry = PrometheusRegistry()
        var metrics = withMetricsFactory(registry) { ConnectionMetrics(client: "test", role: .publishing) }
        func shows(_ name: String) -> String? {
            let start = "rabbitmq_client_\(name)\(Self.labels) "
            return registry.text().split(separator: "\n").first { $0.hasPrefix(start) }.map {
                String($0.dropFirst(start.count))
            }
        }
        var status = ConnectionStatus()
        let start = ContinuousClock.now
        func change(to state: ConnectionStatus.State, after seconds: Int, connects: Int) {
            let before = status
            status.state = state
            status.connects = connects
            metrics.note(status, before: before, at: start + .seconds(seconds))
        }
        #expect(shows("connection_up") == "0")
        change(to: .ready, after: 1, connects: 1)
        #expect(shows("connection_up") == "1")
        change(to: .blocked(reason: "low on memory"), after: 2, connects: 1)
        change(to: .blocked(reason: "low on disk"), after: 3, connects: 1)
        #expect(shows("connection_up") == "1")
        #expect(shows("connection_blocked") == "1")
        #expect(shows("blocked_seconds_total") == "1")
        metrics.blockLasted(until: start + .seconds(8))
        #expect(shows("blocked_seconds_total") == "6")
        change(to: .reconnecting, after: 12, connects: 1)
        #expect(shows("connection_up") == "0")
        #expect(shows("connection_blocked") == "0")
        #expect(shows("blocked_seconds_total") == "10")
        metrics.blockLasted(until: start + .seconds(13))
        #expect(shows("blocked_seconds_total") == "10", "it is over")
        change(to: .ready, after: 13, connects: 2)
        change(to: .stopped, after: 14, connects: 2)
        #expect(shows("connects_total") == "2")
        #expect(shows("connection_losses_total") == "1")
    }

    @Test func messagesAreCountedByWhatBecameOfThem() {
        let registry = PrometheusRegistry()
        let metrics = withMetricsFactory(registry) { ClientMetrics(client: "test") }
        metrics.began(7)
        metrics.ended([.confirmed, .refused, .returned(code: 312, reason: "NO_ROUTE"), .confirmed])
        metrics.failed(3)
        for (name, count) in [("published", 7), ("confirmed", 2), ("returned", 1), ("refused", 1), ("failed", 3)] {
            #expect(registry.text().contains("rabbitmq_client_messages_\(name)_total{client=\"test\"} \(count)\n"))
        }
    }
}
