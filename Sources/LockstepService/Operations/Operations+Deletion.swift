import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

extension Operations {
    /// Deletes a subscription and its queue; its replica's file stays, unless it is to go, too.
    ///
    /// - Parameters:
    ///   - moves: Whether what is queued becomes dead letters of the office; else it is in the way.
    ///   - removesReplica: Whether the office's replica is deleted, too.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `refused` where it stands in the file, where something is queued,
    ///   or where somebody still consumes; `notFound`.
    public func deleteSubscription(
        _ name: String, moves: Bool = false, removesReplica: Bool = false, by person: String = UserName.current,
        reason: String? = nil
    ) async throws -> SubscriptionChange {
        try await changingSubscriptions {
            try await delete(name, moves: moves, removesReplica: removesReplica, by: person, reason: reason)
        }
    }

    private func delete(
        _ name: String, moves: Bool, removesReplica: Bool, by person: String, reason: String?
    ) async throws -> SubscriptionChange {
        let office = try await leavingOffice(name)
        let store = try hubStore()
        defer { try? store.close() }
        let now = WallClock.system.now
        let contents = try await store.contents()
        let known = contents.subscriptions.first { $0.office == office }
        // One that ended before its time may have deleted the queue, and not yet all else.
        let isInterrupted =
            known?.isLeaving == true || contents.pauses.contains { $0.office == office && $0.cause == .deletion }
        // Of a name that nobody knows nothing must be kept, no pause either: one day it may be an office's.
        if known == nil, !isInterrupted,
            try await !withQueues("subscriptions \(office)", { try await $0.exists(office) })
        {
            throw Self.noSubscription(office)
        }
        var action = OperatorAction(
            at: now, person: person, action: "deleted", target: office.text, reason: reason)
        let begun = try await begin(action)
        if !contents.pauses.contains(where: { $0.office == office }) {
            try await store.pause(
                OfficePause(office: office, since: now, person: person, reason: reason, cause: .deletion))
        }
        // Whoever does not hear of it is named by whom its consumers are waited for.
        _ = await tellOfPauses()
        try await store.setLeaving(office, true)
        CrashPoint.leaving.pass()
        let deletion = try await withQueues("subscriptions \(office)") { queues in
            let isThere = try await queues.exists(office)
            guard isThere || isInterrupted else { return OfficeDeletion() }
            do {
                try await queues.checkDeletion(of: office, moves: moves) { await knownToWait(office) }
            } catch {
                try await end(begun, what: "'\(office)' was not deleted")
                // One whose deletion was interrupted may have lost its patterns already: it is not brought back to life.
                if isInterrupted { throw error }
                try await store.setLeaving(office, false)
                try await store.resume(office, cause: .deletion)
                _ = await tellOfPauses()
                throw error
            }
            return try await queues.delete(office, at: now)
        }
        CrashPoint.officeGone.pass()
        let moved = deletion.moved
        action.detail = moved > 0 ? "\(NumberText.count(moved, "delivery", "deliveries")) became dead letters" : nil
        if removesReplica { removeReplica(of: office) }
        // It is in the store until all else is done: what ends before its time can be found and done again.
        try await end(begun, with: [action], what: "'\(office)' was deleted")
        try await store.remove(office)
        var note = removesReplica ? "its replica, too" : "its replica stays at \(configuration.replicaFile(of: office))"
        if deletion.waiting > 0 {
            note +=
                "; \(NumberText.count(deletion.waiting, "delivery waits", "deliveries wait")) to be tried again, of all "
                + "offices, and the broker cannot say which are its own: those become its dead letters when they come back"
        }
        return SubscriptionChange(office, "deleted", note: note, deadLetters: moved)
    }

    /// How many of an office's deliveries wait to be tried again, by what it has reported; 0 where no ledger is kept here.
    private func knownToWait(_ office: OfficeName) async -> Int {
        guard let summaries = try? await ledgerReader().summaries(among: []) else { return 0 }
        return summaries.first { $0.office == office }?.waiting ?? 0
    }

    /// An office that is to go: a made one, one whose deletion was interrupted, or one that stood in the file once.
    private func leavingOffice(_ name: String) async throws -> OfficeName {
        let configuration = try await current()
        let office = try OfficeName(name)
        guard !configuration.isDeclared(office) else { throw Self.declared(office, "deleted", in: configuration) }
        return office
    }

    private func removeReplica(of office: OfficeName) {
        let file = configuration.replicaFile(of: office)
        for ending in ["", "-wal", "-shm", "-writer"] { try? FileManager.default.removeItem(atPath: file + ending) }
    }

    /// An office that was made, and can be changed here.
    func madeOffice(_ name: String, _ done: String) async throws -> OfficeName {
        let configuration = try await current()
        let office = try configuration.office(named: name).office
        guard !configuration.isDeclared(office) else { throw Self.declared(office, done, in: configuration) }
        return office
    }

    /// What the store has of an office.
    func stored(_ office: OfficeName) async throws -> StoredSubscription {
        guard FileManager.default.fileExists(atPath: configuration.hubFile) else { throw Self.noSubscription(office) }
        let store = try SQLiteSubscriptions(reading: configuration.hubFile)
        defer { try? store.close() }
        guard let stored = try await store.contents().subscriptions.first(where: { $0.office == office }) else {
            throw Self.noSubscription(office)
        }
        return stored
    }

    /// The hub's store, made if it is not there.
    func hubStore() throws(LockstepError) -> SQLiteSubscriptions {
        try SQLiteSubscriptions(path: configuration.hubFile)
    }

    /// Does something to the queues of offices.
    func withQueues<Result: Sendable>(
        _ role: String, _ work: @escaping @Sendable (OfficeQueues) async throws -> Result
    ) async throws -> Result {
        try await withClient(role) { client in
            try await work(OfficeQueues(client, management: configuration.management, logger: logger))
        }
    }

    /// Notes for auditors what was done to a subscription.
    func noteChange(
        _ done: String, _ office: OfficeName, by person: String, detail: String? = nil, reason: String?
    ) async throws(LockstepError) {
        try await note(
            OperatorAction(
                at: WallClock.system.now, person: person, action: done, target: office.text, detail: detail,
                reason: reason),
            what: "'\(office)' was \(done)")
    }

    private static func noSubscription(_ office: OfficeName) -> LockstepError {
        LockstepError(
            .notFound,
            "There is no subscription '\(office)'. 'lockstep subscriptions list' shows those that there are.")
    }

    private static func declared(
        _ office: OfficeName, _ done: String, in configuration: Configuration
    ) -> LockstepError {
        let file = configuration.file?.path ?? "lockstep.yaml"
        let next =
            done == "deleted" ? "take it out there, then run this again: its queue is still there" : "change it there"
        return LockstepError(.refused, "'\(office)' stands in \(file) and cannot be \(done) here; \(next).")
    }
}
