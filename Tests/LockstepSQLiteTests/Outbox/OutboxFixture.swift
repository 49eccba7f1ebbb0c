import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting

/// A core app's database with its own table and an outbox.
struct CoreApp: Sendable {
    let path: String
    let database: DatabaseQueue
    let outbox: SQLiteOutbox

    init(
        _ directory: URL,
        journal: String = "wal",
        safetyLook: Duration = .seconds(3600),
        clock: WallClock = .system,
        maximumEventSize: Int = 1 << 20
    ) throws {
        path = directory.appending(path: "permits.sqlite").path
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA journal_mode = \(journal)") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        let outbox = SQLiteOutbox(
            path: path, origin: try Origin("core"), maximumEventSize: maximumEventSize, clock: clock,
            busyTimeout: .milliseconds(50), safetyLook: safetyLook
        )
        self.outbox = outbox
        try database.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS permits (number TEXT PRIMARY KEY, status TEXT)")
            try outbox.install(in: db)
        }
    }

    /// Another connection, as another process of the core app has one.
    func connection() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    func append(
        _ number: Int, _ data: JSONObject = ["status": "Issued"], by other: SQLiteOutbox? = nil
    ) async throws {
        let outbox = other ?? outbox
        try await database.write { db in try outbox.append(try Self.draft(number, data), in: db) }
    }

    static func draft(_ number: Int, _ data: JSONObject = ["status": "Issued"]) throws -> EventDraft {
        EventDraft(try EventType("permit.issued"), about: try Subject("permit/\(number)"), data)
    }

    func install() async throws {
        let outbox = outbox
        try await database.write { db in try outbox.install(in: db) }
    }

    func insert(_ statement: String) async throws {
        try await database.write { db in try db.execute(sql: statement) }
    }

    func column<Value: DatabaseValueConvertible & Sendable>(_ name: String, of type: Value.Type) async throws
        -> [Value?]
    {
        try await database.read { db in
            try Optional<Value>.fetchAll(db, sql: "SELECT \(name) FROM lockstep_outbox ORDER BY position")
        }
    }
}

extension OutboxEntry {
    /// The subject of its event; nil: it is none.
    var subject: String? { try? event.get().subject.text }
}

/// Runs the closure with a core app whose outbox a relay has begun to work on.
func withRelayedApp<R>(
    journal: String = "wal",
    safetyLook: Duration = .seconds(3600),
    clock: WallClock = .system,
    _ body: (CoreApp) async throws -> R
) async throws -> R {
    try await withTemporaryDirectory { directory in
        let app = try CoreApp(directory, journal: journal, safetyLook: safetyLook, clock: clock)
        try await app.outbox.begin {}
        let result: R
        do {
            result = try await body(app)
        } catch {
            await app.outbox.end()
            throw error
        }
        await app.outbox.end()
        return result
    }
}
