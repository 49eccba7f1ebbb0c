import CoreMetrics
import LockstepTesting
import PrometheusText
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PromtoolTests {
    @Test func prometheusHasNothingToSayAgainstTheText() async throws {
        let registry = PrometheusRegistry([
            MetricDescription("events_total", "Events, \"quoted\", with \\ and\na new line."),
            MetricDescription("depth", "A depth."), MetricDescription("delay_seconds", "A delay."),
            MetricDescription("size_bytes", "A size.", buckets: [1, 1e6, 1e-6, 1e21]),
        ])
        for office in ["ward-3", "a \"b\" \\c\nd", "größe", ""] {
            registry.makeCounter(label: "events", dimensions: [("office", office)]).increment(by: 1 << 62)
            registry.makeMeter(label: "depth", dimensions: [("office", office)]).set(-0.000_001)
            registry.makeTimer(label: "delay", dimensions: [("office", office)]).recordNanoseconds(.max)
            registry.makeRecorder(label: "size_bytes", dimensions: [("le", office)], aggregate: true).record(1e-7)
        }
        registry.makeMeter(label: "depth", dimensions: []).set(Double.infinity)
        registry.makeMeter(label: "depth", dimensions: [("a", "b")]).set(Double.nan)
        #expect(try await Promtool.complaints(about: registry.text()) == "")
    }

    @Test func prometheusWouldSayIfSomethingWereWrong() async throws {
        #expect(try await Promtool.complaints(about: "# TYPE x counter\nx 1\n") != "")
        #expect(try await Promtool.complaints(about: "x{a=\"\\\"} 1\n") != "")
    }
}
