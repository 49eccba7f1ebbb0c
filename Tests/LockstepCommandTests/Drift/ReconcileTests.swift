import Foundation
import GRDB
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

/// Drift between real replicas, found and repaired over a real broker.
@Suite("Reconcile", .timeLimit(.minutes(5)), .serialized)
struct ReconcileTests {
    private static let offices = """
          city-hall: { events: ["#"] }
          ward-3: { events: ["permit.*.ward-3"] }
          archive: { events: ["permit.#", "policy.#"] }
        reconcile: { core: city-hall }

        """

    private struct Row: Decodable, Hashable {
        let office: String
        let difference: String
        let subject: String
        let repaired: Bool
    }

    @Test("names exactly what was damaged, repairs it, and finds nothing after that")
    func repair() async throws {
        try await withSite(offices: Self.offices) { site in
            let workers = try await Self.startWorkers(site)
            try await Self.publish(240, at: site)
            try await eventually("all have all") { try Self.counts(site) == [240, 80, 240] }
            var found = try await Self.reconcile(site, "--dry-run")
            #expect(found.status == 0 && found.rows.isEmpty, "\(found.error)")

            // What one office lost, another never got, and the core forgot.
            try Self.change(site, "ward-3", "DELETE FROM records WHERE subject IN ('permit/3', 'permit/6')")
            try Self.change(site, "archive", "DELETE FROM records WHERE subject = 'permit/7'")
            try Self.change(site, "city-hall", "DELETE FROM records WHERE subject = 'permit/10'")
            // And one went back to what another record was: older than what the core has.
            try Self.change(
                site, "archive",
                "UPDATE records SET registers = (SELECT registers FROM records WHERE subject = 'permit/1') "
                    + "WHERE subject = 'permit/200'")
            let expected: Set<[String]> = [
                ["archive", "behind", "permit/200"],
                ["ward-3", "missing", "permit/3"], ["ward-3", "missing", "permit/6"],
                ["archive", "missing", "permit/7"], ["archive", "ahead", "permit/10"],
            ]
            found = try await Self.reconcile(site, "--dry-run")
            #expect(found.status == 1 && Set(found.rows.map { [$0.office, $0.difference, $0.subject] }) == expected)
            #expect(found.rows.allSatisfy { !$0.repaired })
            #expect(try Self.counts(site) == [239, 78, 239], "a dry run repairs nothing")

            found = try await Self.reconcile(site)
            #expect(found.status == 1 && Set(found.rows.map { [$0.office, $0.difference, $0.subject] }) == expected)
            try await eventually("all is repaired") { try Self.counts(site) == [240, 80, 240] }
            #expect(try Self.contents(site, "archive") == Self.contents(site, "city-hall"))
            let ward = try Self.contents(site, "ward-3")
            #expect(try Self.contents(site, "city-hall").filter { ward[$0.key] != nil } == ward)
            found = try await Self.reconcile(site)
            #expect(found.status == 0 && found.rows.isEmpty, "\(found.rows)")
            // Who only looked, or found nothing, has done nothing.
            #expect(Set(try await site.actions()) == ["reconciled ward-3 × 2", "reconciled archive × 3"])
            workers.signal(SIGTERM)
            #expect(await workers.ended().status == 0)
        }
    }

    @Test("repairs on a schedule what nobody has asked for")
    func schedule() async throws {
        let offices = Self.offices.replacing("core: city-hall", with: "core: city-hall, every: 10s")
        try await withSite(offices: offices) { site in
            let workers = try await Self.startWorkers(site)
            try await Self.publish(30, at: site)
            try await eventually("all have all") { try Self.counts(site) == [30, 10, 30] }
            try Self.change(site, "ward-3", "DELETE FROM records WHERE subject IN ('permit/3', 'permit/6')")
            try await eventually("all is repaired") { try Self.counts(site) == [30, 10, 30] }
            // A comparison is over when the office has answered for what it was sent.
            try await eventually("it says so") {
                workers.errorSoFar.contains("Compared an office with the core")
            }
            workers.signal(SIGTERM)
            #expect(await workers.ended().status == 0)
        }
    }

    @Test("asks an office on another machine through the broker, and fills a new one while events flow")
    func remote() async throws {
        try await withSite(offices: Self.offices) { site in
            try await withTemporaryDirectory { elsewhere in
                let core = try site.start("worker", "city-hall")
                // Before that its file is not there.
                try await eventually("the core is at work") { core.errorSoFar.contains("The office is at work") }
                try await Self.publish(120, at: site)
                try await eventually("the core has all") { try Self.count(site, "city-hall") == 120 }
                // An office that begins anew: what was published is not in its queue.
                let old = try await withClient(of: site.host.amqpURL) { client in
                    try await client.purge(queue: BrokerName.queue(of: try OfficeName("archive")))
                }
                #expect(old == 120)
                let archive = try site.start(
                    "worker", "archive", environment: ["LOCKSTEP_STATE": elsewhere.path])
                try await eventually("the archive is at work") { archive.errorSoFar.contains("The office is at work") }
                async let publishing: Void = Self.publish(120, from: 120, at: site)
                let bootstrap = try await site.run("bootstrap", "archive", "--json")
                #expect(bootstrap.status == 0, "\(bootstrap.error)")
                #expect(try await site.actions().first?.hasPrefix("bootstrapped archive × ") == true)
                try await publishing
                let file = elsewhere.appending(path: "archive.sqlite").path
                try await eventually("the archive has all") { try Self.count(file: file) == 240 }
                try await eventually("the core has all") { try Self.count(site, "city-hall") == 240 }
                #expect(try Self.contents(file: file) == Self.contents(site, "city-hall"))

                // One of the later ones may have come as an event, and come again as a state that is still on its way.
                try Self.change(file: file, "DELETE FROM records WHERE subject IN ('permit/5', 'permit/100')")
                var found = try await Self.reconcile(site, "archive")
                #expect(
                    Set(found.rows.map { [$0.difference, $0.subject] })
                        == [["missing", "permit/5"], ["missing", "permit/100"]], "\(found.error)")
                try await eventually("all is repaired") { try Self.count(file: file) == 240 }
                #expect(try Self.contents(file: file) == Self.contents(site, "city-hall"))
                found = try await Self.reconcile(site, "archive")
                #expect(found.status == 0 && found.rows.isEmpty)
                for worker in [core, archive] {
                    worker.signal(SIGTERM)
                    #expect(await worker.ended().status == 0)
                }
            }
        }
    }

    /// One worker for all offices, when they are at work: before that their files are not there.
    private static func startWorkers(_ site: Site) async throws -> ChildCommand {
        let workers = try site.start("worker", "city-hall", "ward-3", "archive")
        try await eventually("all offices are at work") {
            workers.errorSoFar.split(separator: "\n").count { $0.contains("The office is at work") } == 3
        }
        return workers
    }

    private static func reconcile(
        _ site: Site, _ argument: String? = nil
    ) async throws -> (status: Int32, rows: [Row], error: String) {
        let ended =
            if let argument {
                try await site.run("reconcile", argument, "--json")
            } else {
                try await site.run("reconcile", "--json")
            }
        let rows = try? JSONDecoder().decode([Row].self, from: Data(ended.output.utf8))
        return (ended.status, rows ?? [], ended.error)
    }

    /// Every third permit is in ward 3.
    private static func publish(_ count: Int, from first: Int = 0, at site: Site) async throws {
        let lines = (first..<first + count).map { number in
            "{\"type\":\"permit.issued\",\"subject\":\"permit/\(number)\",\"scope\":\"ward-\(number % 3 == 0 ? 3 : 1)\","
                + "\"data\":{\"status\":\"Issued\",\"number\":\(number)}}"
        }
        let ended = try await site.run("publish", "--from", "-", input: lines.joined(separator: "\n") + "\n")
        guard ended.status == 0 else { throw SiteError(description: ended.error) }
    }

    private static func file(_ site: Site, _ office: String) -> String {
        site.directory.appending(path: "state/\(office).sqlite").path
    }

    private static func change(_ site: Site, _ office: String, _ sql: String) throws {
        try change(file: file(site, office), sql)
    }

    private static func change(file: String, _ sql: String) throws {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(20)
        try DatabaseQueue(path: file, configuration: configuration).write { db in try db.execute(sql: sql) }
    }

    private static func counts(_ site: Site) throws -> [Int] {
        try ["city-hall", "ward-3", "archive"].map { try count(site, $0) }
    }

    private static func count(_ site: Site, _ office: String) throws -> Int { try count(file: file(site, office)) }

    private static func count(file: String) throws -> Int {
        try contents(file: file).count
    }

    private static func contents(_ site: Site, _ office: String) throws -> [String: Data] {
        try contents(file: file(site, office))
    }

    private static func contents(file: String) throws -> [String: Data] {
        guard FileManager.default.fileExists(atPath: file) else { return [:] }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(20)
        let rows = try DatabaseQueue(path: file, configuration: configuration).read { db in
            try GRDB.Row.fetchAll(db, sql: "SELECT subject, registers FROM records")
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as Data) })
    }
}
