import FoundationEssentials
import Lockstep
import LockstepPostgres
import LockstepTesting
import Logging
import PrivatePostgres

let quiet = Logger(label: "lockstep-postgres-tests") { _ in SwiftLogNoOpLogHandler() }

/// A database with an outbox in it.
struct Site: Sendable {
    let server: PrivatePostgres
    let database: String

    static let origin = Result { () throws(LockstepError) in try Origin("core") }

    var configuration: PostgresConfiguration {
        var configuration = PostgresConfiguration(server.connectionString(database: database))
        configuration.reconnect.longest = .milliseconds(200)
        return configuration
    }

    /// An outbox that looks by itself once an hour: what is seen sooner was signalled.
    ///
    /// - Parameter name: What its sessions are called, to tell them apart from another outbox's.
    func outbox(_ name: String = "lockstep", abandonedAfter: Duration = .seconds(600)) -> PostgresOutbox {
        var configuration = configuration
        configuration.applicationName = name
        return PostgresOutbox(
            configuration, abandonedAfter: abandonedAfter, safetyLook: .seconds(3600), logger: quiet)
    }

    func install(_ origin: String = "core", largest: Int = 1 << 20) async throws {
        var installation = OutboxInstallation(origin: try Origin(origin))
        installation.maximumEventSize = largest
        try await installation.run(on: configuration, logger: quiet)
    }

    /// Runs SQL as another program would.
    @discardableResult
    func sql(_ text: String) async throws -> String {
        try await server.psql(text, database: database).trimmingSuffix { $0 == "\n" }
    }

    /// Writes one event about each record, in one statement.
    func write(_ subjects: [String]) async throws {
        let rows = subjects.map { "('permit.issued', '\($0)', '{\"a\": 1}')" }
        try await sql("INSERT INTO lockstep.outbox (type, subject, data) VALUES \(rows.joined(separator: ", "))")
    }
}

/// Runs the closure with an outbox in a database of its own, on the server that all tests share.
func withOutbox<R>(_ body: (Site) async throws -> R) async throws -> R {
    try await SharedPostgres.withDatabase { server, database in
        let site = Site(server: server, database: database)
        try await site.install()
        return try await body(site)
    }
}

/// Runs the closure with an outbox on a server of its own, to be stopped, killed and frozen.
func withOwnServer<R>(_ body: (Site) async throws -> R) async throws -> R {
    try await withTemporaryDirectory { directory in
        try await withPrivatePostgres(.init(directory: directory), logger: quiet) { server in
            let site = Site(server: server, database: "postgres")
            try await site.install()
            return try await body(site)
        }
    }
}

/// Runs the closure with a relay's side of the outbox, and ends it afterwards.
func relaying<R>(_ outbox: PostgresOutbox, _ body: (PostgresOutbox) async throws -> R) async throws -> R {
    try await outbox.begin {}
    do {
        let result = try await body(outbox)
        await outbox.end()
        return result
    } catch {
        await outbox.end()
        throw error
    }
}

extension OutboxEntry {
    var subject: String? { try? event.get().subject.text }
}

extension String {
    fileprivate func trimmingSuffix(_ isSurplus: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isSurplus(last) { text.removeLast() }
        return text
    }
}
