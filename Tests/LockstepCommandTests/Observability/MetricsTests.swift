import Foundation
import LockstepTesting
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
