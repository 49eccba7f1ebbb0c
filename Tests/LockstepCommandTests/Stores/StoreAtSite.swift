import Foundation

/// A core app's outbox and an office's replica, to whose files a test does its worst.
///
/// The processes are the command's own; the core app is SQLite's shell.
struct StoreAtSite: Sendable {
    /// How often a fault that takes long or is repeated comes: more of it where the environment says so.
    static let isLong = ProcessInfo.processInfo.environment["LOCKSTEP_STORE_FAULTS"] == "long"

    let site: Site
    private let core: URL
    private let state: URL
    private static let configuration = """
        origin: core
        offices:
          ward-3: { events: ["#"], retry: { attempts: 12, delays: [1s] } }

        """

    /// Makes the outbox, in a database with such a journal, and configures the site with it.
    ///
    /// - Parameters:
    ///   - core: The core app's directory.
    ///   - state: The office's directory.
    init(_ site: Site, core: URL? = nil, state: URL? = nil, journal: String = "wal") async throws {
        self.site = site
        self.core = core ?? site.directory
        self.state = state ?? site.directory
        try (Self.configuration + "outbox: { sqlite: \"\(outbox)\" }\n").write(
            to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
        _ = try await sql(
            outbox, "PRAGMA journal_mode = \(journal); CREATE TABLE changes (number INTEGER PRIMARY KEY);")
        let installed = try await site.run("outbox", "install")
        guard installed.status == 0 else { throw SiteError(description: installed.error) }
    }

    var outbox: String { core.appending(path: "core.sqlite").path }
    var replica: String { state.appending(path: "ward-3.sqlite").path }
    private var environment: [String: String] { ["LOCKSTEP_STATE": state.path] }

    /// Runs statements in SQLite's shell, and returns what they print.
    func sql(_ file: String, _ statements: String) async throws -> String {
        let ended = try await ChildCommand(
            URL(filePath: "/usr/bin/sqlite3"), ["-bail", file, ".timeout 20000", statements], environment: [:]
        ).ended()
        guard ended.status == 0 else { throw SiteError(description: ended.error) }
        return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Changes its own table so often, each time with an event, in transactions of twenty changes.
    func write(_ changes: Int) async throws {
        for _ in 0..<(changes / 20) {
            _ = try await sql(
                outbox,
                """
                BEGIN IMMEDIATE;
                CREATE TEMP TABLE new AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
                    SELECT i + (SELECT coalesce(max(number), 0) FROM changes) AS number FROM n;
                INSERT INTO changes SELECT number FROM new;
                INSERT INTO lockstep_outbox (type, subject, data)
                    SELECT 'permit.revised', 'permit/' || (number % 7), json_object('n' || number, 1) FROM new;
                COMMIT;
                """)
        }
    }

    /// Locks a file for so many seconds, as somebody else's program does; ends by itself.
    func lock(_ file: String, seconds: Int) async throws -> ChildCommand {
        let script = "BEGIN EXCLUSIVE;\n.shell touch '\(file)-locked'\n.shell sleep \(seconds)\nCOMMIT;\n"
        return try ChildCommand(
            URL(filePath: "/usr/bin/sqlite3"), ["-bail", "-cmd", ".timeout 20000", file], environment: [:],
            input: script)
    }

    /// Starts the relay or the office's worker, perhaps by another program.
    func start(_ role: Role, by tool: [String] = []) throws -> ChildCommand {
        let words = tool + [Site.products.appending(path: "lockstep").path] + role.words
        return try ChildCommand(
            URL(filePath: words[0]), Array(words.dropFirst()),
            environment: site.environment.merging(environment) { $1 })
    }

    /// How the outbox is doing.
    func status() async throws -> (waiting: Int, sent: Int) {
        let ended = try await site.run("outbox", "status", "--json")
        let status = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        guard let waiting = status?["waiting"] as? Int, let sent = status?["sent"] as? Int else {
            throw SiteError(description: ended.error)
        }
        return (waiting, sent)
    }

    /// Which changes the office's records show.
    func applied() async throws -> Set<Int> {
        guard FileManager.default.fileExists(atPath: replica) else { return [] }
        let office = try ChildCommand(
            Site.products.appending(path: "lockstep"), ["office", "ward-3", "--records"],
            environment: site.environment.merging(environment) { $1 })
        let records = await office.ended().objects.compactMap { $0["data"] as? [String: Any] }
        return Set(records.flatMap(\.keys).compactMap { Int($0.dropFirst()) })
    }

    /// Which changes the core app has committed.
    func committed() async throws -> Set<Int> {
        Set(try await sql(outbox, "SELECT number FROM changes;").split(separator: "\n").compactMap { Int($0) })
    }

    /// A process that has a store.
    enum Role: String, CaseIterable, Sendable {
        case relay
        case worker

        var words: [String] { self == .relay ? ["relay"] : ["worker", "ward-3"] }
        /// What it says when its store cannot be used.
        var complaint: String {
            self == .relay ? "The outbox cannot be used" : "The replica cannot be written"
        }
    }

    /// The file of a process.
    func file(of role: Role) -> String { role == .relay ? outbox : replica }
}
