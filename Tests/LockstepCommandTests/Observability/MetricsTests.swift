import Foundation
import LockstepTesting
import PrivateBroker
import Testing

/// What the long-running commands show over HTTP.
@Suite("Metrics", .timeLimit(.minutes(5)), .serialized)
struct MetricsTests {
    private static let offices = "  ward-3: { events: [\"permit.*.ward-3\"] }\n"

    /// Waits until a command says where it shows its metrics.
    private static func port(of command: ChildCommand) async throws -> Int {
        try await eventually("the metrics are served") { command.errorSoFar.contains("Metrics are served") }
        let match = try #require(command.errorSoFar.firstMatch(of: /Metrics are served.*127\.0\.0\.1:([0-9]+)/))
        return try #require(Int(match.1))
    }

    private static func get(_ path: String, _ port: Int) async throws -> (status: Int, text: String) {
        let ended = try await ChildCommand(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c",
                """
                import sys, urllib.request, urllib.error
                try: answer = urllib.request.urlopen(sys.argv[1], timeout=20)
                except urllib.error.HTTPError as error: answer = error
                print(answer.status); print(answer.headers["Content-Type"]); print(answer.read().decode(), end="")
                """, "http://127.0.0.1:\(port)\(path)",
            ], environment: [:]
        ).ended()
        let parts = ended.output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let status = Int(parts[0]) else { throw SiteError(description: ended.error) }
        #expect(status == 404 || parts[1].hasPrefix("text/plain; "))
        return (status, String(parts[2]))
    }

    private static let event = """
        INSERT INTO lockstep_outbox (type, subject, scope, data) VALUES ('permit.issued', 'permit/1', 'ward-3', '{}');
        """

    /// Any program that can write to the core app's database.
    private static func write(_ statement: String, to file: String) async throws -> ChildCommand.Ended {
        try await ChildCommand(
            URL(filePath: "/usr/bin/sqlite3"), ["-bail", file, ".timeout 20000", statement], environment: [:]
        ).ended()
    }

    @Test("of a worker are what Prometheus reads, count what happened, and name each office")
    func worker() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3", "--metrics-port", "0")
            let port = try await Self.port(of: worker)
            try await eventually("the worker is ready") { try await Self.get("/readyz", port).status == 200 }
            for day in 1...3 {
                let published = try await site.run(
                    "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", "{\"day\":\(day)}")
                #expect(published.status == 0, "\(published.error)")
            }
            try await eventually("three events are counted") {
                try await Self.get("/metrics", port).text.contains(
                    #"lockstep_office_events_total{office="ward-3",outcome="applied"} 3"#)
            }
            let metrics = try await Self.get("/metrics", port)
            #expect(try await Promtool.complaints(about: metrics.text) == "")
            #expect(
                metrics.text.contains(#"lockstep_office_publish_to_commit_seconds_bucket{office="ward-3",le="+Inf"} 3"#)
            )
            #expect(
                metrics.text.contains(
                    /rabbitmq_client_connection_up\{client="[^"]*ward-3[^"]*",connection="consuming"\} 1/))
            #expect(metrics.text.contains(/process_open_fds [1-9]/))
            #expect(try await Self.get("/healthz", port) == (200, "alive\n"))
            #expect(try await Self.get("/other", port).status == 404)
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test("of a relay are what Prometheus reads, and say what waits while the broker is away")
    func relay() async throws {
        try await withSite(offices: Self.offices) { site in
            try await withFaultProxy(to: site.host.broker.amqpPort) { proxy in
                let file = CoreAppAtWork(site).file
                #expect(try await Self.write("CREATE TABLE permits (number)", to: file).status == 0)
                #expect(try await site.run("outbox", "install", file).status == 0)
                try "origin: core\noutbox: { sqlite: permits.sqlite }\n".write(
                    to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
                let url = "amqp://guest:guest@127.0.0.1:\(proxy.port)/\(site.host.name)"
                let relay = try site.start("relay", "--metrics-port", "0", environment: ["LOCKSTEP_BROKER_URL": url])
                let port = try await Self.port(of: relay)
                try await eventually("the relay is ready") { try await Self.get("/readyz", port) == (200, "ready\n") }
                #expect(try await Self.write(Self.event, to: file).status == 0)
                try await eventually("it is confirmed") {
                    try await Self.get("/metrics", port).text.contains("\nlockstep_events_confirmed_total 1\n")
                }
                let metrics = try await Self.get("/metrics", port).text
                #expect(try await Promtool.complaints(about: metrics) == "")
                #expect(metrics.contains("\nlockstep_events_published_total 1\n"))
                #expect(metrics.contains("\nlockstep_publish_seconds_count 1\n"))
                #expect(metrics.contains("\nlockstep_relay_at_work 1\n"))
                #expect(metrics.contains("\nlockstep_outbox_waiting_events 0\n"))
                #expect(metrics.contains(/lockstep_build_info\{version="[^"]+"\} 1/))

                await proxy.refuse()
                await proxy.reset()
                try await eventually("the relay is not ready") { try await Self.get("/readyz", port).status == 503 }
                let reasons = try await Self.get("/readyz", port).text
                #expect(reasons.contains("publishing connection: reconnecting\n"))
                #expect(try await Self.get("/healthz", port) == (200, "alive\n"), "nobody should start it again")
                #expect(try await Self.write(Self.event, to: file).status == 0)
                try await eventually("what waits is shown") {
                    try await Self.get("/metrics", port).text.contains("\nlockstep_outbox_waiting_events 1\n")
                }
                let away = try await Self.get("/metrics", port).text
                #expect(
                    away.contains(/rabbitmq_client_connection_up\{client="[^"]*relay[^"]*",connection="publishing"\} 0/)
                )
                #expect(away.contains(/lockstep_outbox_oldest_waiting_seconds 0?\.?0*[1-9]/))
                try await proxy.heal()
                try await eventually("it is ready again") { try await Self.get("/readyz", port).status == 200 }
                try await eventually("the second is confirmed") {
                    try await Self.get("/metrics", port).text.contains("\nlockstep_events_confirmed_total 2\n")
                }

                let second = try site.start("relay", "--metrics-port", "0")
                let other = try await Self.port(of: second)
                try await eventually("it stands by") { second.errorSoFar.contains("stands by") }
                #expect(try await Self.get("/metrics", other).text.contains("\nlockstep_relay_at_work 0\n"))
                for command in [second, relay] {
                    command.signal(SIGTERM)
                    #expect(await command.ended().status == 0)
                }
            }
        }
    }

    @Test("of a ledger are what Prometheus reads, and count reports by kind")
    func ledger() async throws {
        try await withSite(offices: Self.offices) { site in
            let ledger = try site.start("ledger", "--metrics-port", "0")
            let port = try await Self.port(of: ledger)
            try await eventually("the ledger is ready") { try await Self.get("/readyz", port) == (200, "ready\n") }
            let published = try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", #"{"day":1}"#)
            #expect(published.status == 0, "\(published.error)")
            var trace = Trace()
            try await trace.publish(3, about: ["permit/2"], to: site.host.amqpURL)
            try await site.report("ward-3", of: trace.events, batch: 2)
            try await eventually("both kinds are counted") {
                let text = try await Self.get("/metrics", port).text
                return text.contains(#"lockstep_ledger_reports_total{kind="receipts"} 2"#)
                    && text.contains(#"lockstep_ledger_reports_total{kind="publications"} 1"#)
            }
            let metrics = try await Self.get("/metrics", port).text
            #expect(try await Promtool.complaints(about: metrics) == "")
            #expect(metrics.contains("\nlockstep_ledger_store_failures_total 0\n"))
            #expect(
                metrics.contains(/rabbitmq_client_connection_up\{client="[^"]*ledger[^"]*",connection="consuming"\} 1/))
            #expect(try await Self.get("/healthz", port) == (200, "alive\n"))
            ledger.signal(SIGTERM)
            #expect(await ledger.ended().status == 0)
        }
    }

    @Test("of a port that is taken are not served, and the work goes on")
    func takenPort() async throws {
        try await withSite(offices: Self.offices) { site in
            let first = try site.start("worker", "ward-3", "--metrics-port", "0")
            let port = try await Self.port(of: first)
            let second = try site.start("ledger", "--metrics-port", "\(port)")
            try await eventually("it says so") { second.errorSoFar.contains("Metrics cannot be served") }
            try await eventually("it works") { second.errorSoFar.contains("The ledger is kept") }
            for command in [first, second] {
                command.signal(SIGTERM)
                #expect(await command.ended().status == 0)
            }
        }
    }
}
