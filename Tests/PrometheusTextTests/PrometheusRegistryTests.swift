import CoreMetrics
import PrometheusText
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PrometheusRegistryTests {
    /// The lines of one metric.
    private static func lines(of name: String, in registry: PrometheusRegistry) -> [String] {
        registry.text().split(separator: "\n").map(String.init).filter { line in
            line.hasPrefix(name) || line.hasPrefix("# HELP \(name) ") || line.hasPrefix("# TYPE \(name) ")
        }
    }

    @Test func aCounterGrowsAndEndsInTotal() {
        let registry = PrometheusRegistry([MetricDescription("events_total", "Events\nof a \\ kind.")])
        let counter = registry.makeCounter(label: "events", dimensions: [("office", "ward-3")])
        counter.increment(by: 2)
        counter.increment(by: -5)
        registry.makeFloatingPointCounter(label: "events_total", dimensions: [("office", "ward-3")]).increment(by: 0.5)
        #expect(
            Self.lines(of: "events_total", in: registry) == [
                #"# HELP events_total Events\nof a \\ kind."#,
                "# TYPE events_total counter",
                #"events_total{office="ward-3"} 2.5"#,
            ])
    }

    @Test func aGaugeShowsWhatWasRecordedLast() {
        let registry = PrometheusRegistry()
        let gauge = registry.makeRecorder(label: "depth", dimensions: [], aggregate: false)
        gauge.record(Int64(7))
        gauge.record(-1.25)
        registry.makeMeter(label: "level", dimensions: []).increment(by: 3)
        #expect(Self.lines(of: "depth", in: registry) == ["# TYPE depth gauge", "depth -1.25"])
        #expect(Self.lines(of: "level", in: registry).last == "level 3")
    }

    @Test func aHistogramCountsEachValueInAllBucketsAboveIt() {
        let registry = PrometheusRegistry([MetricDescription("delay_seconds", "A delay.", buckets: [0.5, 1, 2.5])])
        let timer = registry.makeTimer(label: "delay", dimensions: [("office", "a")])
        for nanoseconds in [500_000_000, 500_000_001, 3_000_000_000] as [Int64] { timer.recordNanoseconds(nanoseconds) }
        #expect(
            Self.lines(of: "delay_seconds", in: registry) == [
                "# HELP delay_seconds A delay.",
                "# TYPE delay_seconds histogram",
                #"delay_seconds_bucket{office="a",le="0.5"} 1"#,
                #"delay_seconds_bucket{office="a",le="1"} 2"#,
                #"delay_seconds_bucket{office="a",le="2.5"} 2"#,
                #"delay_seconds_bucket{office="a",le="+Inf"} 3"#,
                #"delay_seconds_sum{office="a"} 4.000000001"#,
                #"delay_seconds_count{office="a"} 3"#,
            ])
    }

    @Test func theOrderIsTheSameHoweverTheMetricsCame() {
        func text(_ labels: [String]) -> String {
            let registry = PrometheusRegistry()
            for label in labels {
                for office in labels {
                    registry.makeCounter(label: label, dimensions: [("office", office)]).increment(by: 1)
                }
            }
            return registry.text()
        }
        #expect(text(["b", "a", "z"]) == text(["z", "b", "a"]))
        let names = text(["z", "b", "a"]).split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(names == names.sorted())
    }

    @Test func labelsAreSortedAndTheirValuesEscaped() {
        let registry = PrometheusRegistry()
        let dimensions = [("b", "a \"quoted\" \\ path\nand more"), ("a", "1")]
        registry.makeCounter(label: "x", dimensions: dimensions).increment(by: 1)
        registry.makeCounter(label: "x", dimensions: dimensions.reversed()).increment(by: 1)
        #expect(Self.lines(of: "x_total", in: registry).last == #"x_total{a="1",b="a \"quoted\" \\ path\nand more"} 2"#)
    }

    @Test(arguments: [
        ("http.server-requests", "http_server_requests_total"), ("9lives", "_9lives_total"), ("", "__total"),
        ("größe", "gr__e_total"), ("job:events", "job:events_total"),
    ])
    func namesBecomeSuchAsPrometheusAllows(_ label: String, _ name: String) {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: label, dimensions: [("__own.name", "x")]).increment(by: 1)
        #expect(registry.text().contains("\n\(name){_own_name=\"x\"} 1\n"))
    }

    @Test func whatIsBeyondTheLimitIsCountedAndNotShown() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        for number in 1...10 {
            registry.makeCounter(label: "x", dimensions: [("user", "\(number)")]).increment(by: 1)
        }
        // One that was there before goes on.
        registry.makeCounter(label: "x", dimensions: [("user", "1")]).increment(by: 1)
        #expect(Self.lines(of: "x_total{", in: registry).count == 3)
        #expect(registry.text().contains("x_total{user=\"1\"} 2\n"))
        #expect(registry.text().contains("\nprometheus_registry_dropped_series_total 7\n"))
    }

    @Test func aNameThatIsTakenByAnotherKindIsNotShownTwice() {
        let registry = PrometheusRegistry()
        registry.makeTimer(label: "delay", dimensions: []).recordNanoseconds(1)
        registry.makeMeter(label: "delay_seconds", dimensions: []).set(Int64(5))
        registry.makeMeter(label: "delay_seconds_count", dimensions: []).set(Int64(5))
        #expect(registry.text().components(of: "# TYPE delay_seconds") == 1)
        #expect(registry.text().contains("prometheus_registry_dropped_series_total 2\n"))
    }

    @Test func whatIsDestroyedIsForgotten() {
        let registry = PrometheusRegistry()
        let handler = registry.makeCounter(label: "x", dimensions: [("a", "1")])
        registry.makeCounter(label: "x", dimensions: [("a", "2")]).increment(by: 1)
        registry.destroyCounter(handler)
        #expect(Self.lines(of: "x_total{", in: registry) == [#"x_total{a="2"} 1"#])
    }

    @Test func nothingIsLostBetweenThreads() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = registry.makeCounter(label: "x", dimensions: [])
                    let timer = registry.makeTimer(label: "y", dimensions: [])
                    for _ in 0..<10_000 {
                        counter.increment(by: 1)
                        timer.recordNanoseconds(1_000)
                    }
                }
            }
        }
        #expect(registry.text().contains("\nx_total 80000\n"))
        #expect(registry.text().contains("\ny_seconds_count 80000\n"))
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
