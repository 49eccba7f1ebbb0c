import FoundationEssentials
public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ
import Synchronization

/// What became of one queue that was to be made anew.
public struct MigrationRow: TableRow, Hashable {
    /// The queue.
    public var queue: String
    /// `migrated`.
    public var done: String

    public static let columns: [TableColumn<MigrationRow>] = [
        .text("QUEUE") { $0.queue },
        .text("DONE") { $0.done },
    ]
}

extension Operations {
    /// Makes queues anew whose arguments are other than they should be, and goes on with what was interrupted.
    ///
    /// Offices are paused meanwhile; their workers follow within a second or two, those of older releases on other machines
    /// have to be stopped.
    ///
    /// - Parameters:
    ///   - office: Whose; nil: all, and what offices share.
    ///   - progress: Told of how many messages were moved, of how many; each is moved twice.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `refused` where somebody still consumes; `topologyMismatch` where
    ///   an exchange differs, which nothing can mend while it is used; `storeUnavailable` where somebody else does this, or
    ///   changes a subscription.
    public func migrateTopology(
        of office: OfficeName? = nil, by person: String = UserName.current, reason: String? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in }
    ) async throws -> [MigrationRow] {
        // Two at once would take each other's queues for what was interrupted.
        try await changingSubscriptions {
            try await migrate(office, by: person, reason: reason, MessagesMoved(progress))
        }
    }

    private func migrate(
        _ office: OfficeName?, by person: String, reason: String?, _ moved: MessagesMoved
    ) async throws -> [MigrationRow] {
        let configuration = try await current()
        let subscriptions = try office.map { [try configuration.office(named: $0.text)] } ?? configuration.offices
        let topology =
            office == nil
            ? OfficeTopology.complete(for: subscriptions)
            : subscriptions.reduce(into: Topology()) { $0.add(OfficeTopology.office($1)) }
        let found = try await BrokerSnapshot.take(from: configuration.management)
        let plan = TopologyPlan(wanted: topology, found: found)
        if let exchange = plan.items.first(where: { $0.kind == "exchange" && $0.differs }) {
            throw LockstepError(
                .topologyMismatch,
                "The exchange '\(exchange.name)' differs; no migration mends that. Stop all publishers, delete it in "
                    + "RabbitMQ's management, then run 'lockstep topology apply'.")
        }
        let names = Set(plan.items.filter { $0.kind == "queue" && $0.differs }.map(\.name))
        let queues = topology.queues.filter {
            names.contains($0.name) || found.has(queue: QueueMigration.temporaryName(of: $0.name))
        }
        guard !queues.isEmpty else {
            // One that ended before its time may have done all but this.
            try await resume(subscriptions.map(\.office))
            return []
        }
        let paused = subscriptions.map(\.office).filter { office in
            queues.contains { $0.name == BrokerName.queue(of: office) || $0.name == BrokerName.control(of: office) }
        }
        try await withPauses(of: paused, by: person, reason: reason) {
            try await withClient("topology migrate") { client in
                let migrations = queues.map { queue in
                    var migration = QueueMigration(
                        of: queue, bindings: topology.bindings.filter { $0.destination == .queue(queue.name) },
                        client: client, management: configuration.management, logger: logger)
                    migration.moved = { moved.add($0) }
                    return migration
                }
                for migration in migrations { moved.expect(try await migration.messagesToMove()) }
                for migration in migrations { try await self.run(migration, by: person, reason: reason) }
            }
        }
        return queues.map { MigrationRow(queue: $0.name, done: "migrated") }
    }

    /// Makes one queue anew, and notes that; where it ends before its time, that it was begun stays noted.
    private func run(_ migration: QueueMigration, by person: String, reason: String?) async throws {
        let queue = migration.queue.name
        let action = OperatorAction(
            at: WallClock.system.now, person: person, action: "migrated", target: queue, reason: reason)
        let begun = try await begin(action)
        do throws(LockstepError) {
            _ = try await migration.run()
        } catch {
            if error.code == .refused { try await end(begun, what: "'\(queue)' was not migrated") }
            throw error
        }
        try await end(begun, with: [action], what: "'\(queue)' was migrated")
    }

    /// Ends the pauses that migrations have made and left.
    private func resume(_ offices: [OfficeName]) async throws {
        guard FileManager.default.fileExists(atPath: configuration.hubFile) else { return }
        let store = try hubStore()
        defer { try? store.close() }
        for office in offices { try await store.resume(office, cause: .migration) }
    }

    /// Does work while offices are paused; an interrupted one leaves them so, until it is done again.
    private func withPauses(
        of offices: [OfficeName], by person: String, reason: String?, _ work: () async throws -> Void
    ) async throws {
        guard !offices.isEmpty else { return try await work() }
        let store = try hubStore()
        defer { try? store.close() }
        for office in offices {
            try await store.pause(
                OfficePause(
                    office: office, since: WallClock.system.now, person: person, reason: reason, cause: .migration))
        }
        CrashPoint.migrationPaused.pass()
        _ = await tellOfPauses()
        do {
            try await work()
        } catch let error as LockstepError where error.code == .refused {
            // Where nothing was begun, the offices go on with what they have.
            let found = try await BrokerSnapshot.take(from: configuration.management)
            let isBegun = { (office: OfficeName) in
                [BrokerName.queue(of: office), BrokerName.control(of: office)].contains {
                    found.has(queue: QueueMigration.temporaryName(of: $0))
                }
            }
            for office in offices where !isBegun(office) { try await store.resume(office, cause: .migration) }
            _ = await tellOfPauses()
            throw error
        }
        CrashPoint.migrated.pass()
        for office in offices { try await store.resume(office, cause: .migration) }
        _ = await tellOfPauses()
    }
}

/// Counts what migrations have moved.
private final class MessagesMoved: Sendable {
    private let count = Mutex((done: 0, total: 0))
    private let progress: @Sendable (_ done: Int, _ total: Int?) -> Void

    init(_ progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void) {
        self.progress = progress
    }

    /// So many more are to be moved.
    func expect(_ messages: Int) { note { $0.total += messages } }

    /// So many more were moved; of those that came meanwhile nobody knew before.
    func add(_ messages: Int) {
        note {
            $0.done += messages
            $0.total = max($0.total, $0.done)
        }
    }

    private func note(_ change: (inout (done: Int, total: Int)) -> Void) {
        let now = count.withLock { count in
            change(&count)
            return count
        }
        progress(now.done, now.total)
    }
}
