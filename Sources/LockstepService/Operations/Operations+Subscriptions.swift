import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

extension Operations {
    /// All subscriptions, those of the file first.
    public func subscriptions() async throws -> [SubscriptionRow] {
        let configuration = try await current()
        return configuration.offices.map { SubscriptionRow($0, in: configuration) }
            + configuration.stored.leaving.map { SubscriptionRow($0, in: configuration, isLeaving: true) }
    }

    /// One subscription.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound`; ``ConfigurationError`` where the store's settings
    ///   cannot be used.
    public func subscription(_ name: String) async throws -> SubscriptionDetail {
        let configuration = try await current()
        let subscription = try configuration.office(named: name)
        let stored = configuration.isDeclared(subscription.office) ? nil : try await stored(subscription.office)
        return SubscriptionDetail(subscription, stored, in: configuration)
    }

    /// Makes a subscription: what is published once this has returned reaches its queue.
    ///
    /// - Parameter isRemote: Whether the settings come from another machine, perhaps: then they may only name files below
    ///   the directory of the configuration's file.
    /// - Throws: ``ConfigurationError`` where the settings cannot be used; ``/Lockstep/LockstepError`` with the code
    ///   `alreadyExists`, `invalidName`, or of the broker's.
    public func createSubscription(
        _ name: String, _ settings: SubscriptionSettings, isRemote: Bool = false, by person: String = UserName.current,
        reason: String? = nil
    ) async throws -> SubscriptionChange {
        try await changingSubscriptions {
            try await create(name, settings, isRemote: isRemote, by: person, reason: reason)
        }
    }

    private func create(
        _ name: String, _ settings: SubscriptionSettings, isRemote: Bool, by person: String, reason: String?
    ) async throws -> SubscriptionChange {
        let configuration = try await current()
        let office = try OfficeName(name)
        if let other = configuration.offices.first(where: {
            $0.office == office || $0.office.differsOnlyInCase(from: office)
        }) {
            throw LockstepError(.alreadyExists, "There is an office '\(other.office)' already; choose another name.")
        }
        if configuration.stored.leaving.contains(where: { $0.office == office }) {
            throw LockstepError(
                .alreadyExists,
                "'\(office)' is being deleted, or that was interrupted; end it with 'lockstep subscriptions delete \(office)', "
                    + "then make it anew.")
        }
        let subscription = try self.subscription(office, settings, isRemote: isRemote)
        let store = try hubStore()
        defer { try? store.close() }
        try await store.add(office, settings: settings.object.text, by: person, at: WallClock.system.now)
        do {
            try await withQueues("subscriptions \(office)") { queues in
                let isNew = try await !queues.exists(office)
                try await queues.bind(subscription)
                // Of an office of that name that was there once.
                if !isNew { try await queues.unbindOthers(than: subscription) }
            }
        } catch let error as LockstepError where error.code == .topologyMismatch {
            // A queue of its name is there. Nothing was bound to it, and what it holds is nothing of this one's.
            try await store.remove(office)
            throw LockstepError(
                .topologyMismatch,
                error.message + " It is of an office of that name that was there once; 'lockstep subscriptions delete "
                    + "\(office)' takes that away.",
                underlying: error)
        } catch {
            // Nobody was told that it is there. What was bound of it must not fill up unseen: where that cannot be undone
            // now, it stays in the list as one that is to be deleted.
            do {
                try await withQueues("subscriptions \(office)") { queues in
                    guard try await queues.exists(office) else { return }
                    _ = try await queues.delete(office, at: WallClock.system.now)
                }
                try await store.remove(office)
            } catch {
                _ = try? await store.setLeaving(office, true)
            }
            throw error
        }
        try await noteChange("created", office, by: person, detail: settings.shown.text, reason: reason)
        return SubscriptionChange(office, "created", note: "events reach its queue from now on")
    }

    /// Changes a subscription's settings.
    ///
    /// New patterns are bound before old ones are unbound: an event that both want is missed by neither.
    ///
    /// - Parameters:
    ///   - revision: The one that the caller has seen; nil: whichever there is.
    ///   - isRemote: As for ``createSubscription(_:_:isRemote:by:reason:)``; a callback that stays as it is stays.
    ///   - change: Makes the new settings of the old ones.
    /// - Throws: As ``createSubscription(_:_:isRemote:by:reason:)``; `refused` where it stands in the file, or was changed since.
    public func changeSubscription(
        _ name: String, revision: Int? = nil, isRemote: Bool = false, by person: String = UserName.current,
        reason: String? = nil, _ change: @Sendable (SubscriptionSettings) throws -> SubscriptionSettings
    ) async throws -> SubscriptionChange {
        try await changingSubscriptions {
            try await replaceSettings(
                of: name, revision: revision, isRemote: isRemote, by: person, reason: reason, change)
        }
    }

    private func replaceSettings(
        of name: String, revision: Int?, isRemote: Bool, by person: String, reason: String?,
        _ change: @Sendable (SubscriptionSettings) throws -> SubscriptionSettings
    ) async throws -> SubscriptionChange {
        let office = try await madeOffice(name, "changed")
        let store = try hubStore()
        defer { try? store.close() }
        let old = try await stored(office)
        let before = SubscriptionSettings(stored: old.settings)
        let after = try change(before)
        let subscription = try self.subscription(
            office, after, isRemote: isRemote && after["callback"] != before["callback"])
        let differs = try await withQueues("subscriptions \(office)") { queues in
            let differs = try await queues.rebind(subscription)
            do {
                try await store.change(
                    office, revision: revision ?? old.revision, settings: after.object.text, by: person,
                    at: WallClock.system.now)
            } catch {
                // Whoever was faster has the last word on the patterns, too.
                let current = try await current().office(named: office.text)
                try? await queues.unbindOthers(than: current)
                throw error
            }
            try await queues.unbindOthers(than: subscription)
            return differs
        }
        try await noteChange(
            "changed", office, by: person, detail: "\(before.shown.text) → \(after.shown.text)", reason: reason)
        var note = "workers take it over when they start or within a second"
        if differs {
            note +=
                "; its queue has other arguments than it should now have, like its limit, and is used as it is until you run "
                + "'lockstep topology migrate \(office)'"
        }
        return SubscriptionChange(office, "changed", note: note)
    }

    /// Pauses an office, declared or made: its queue keeps what comes until it is resumed.
    public func pause(
        _ name: String, by person: String = UserName.current, reason: String? = nil
    ) async throws -> SubscriptionChange {
        let office = try await current().office(named: name).office
        let store = try hubStore()
        defer { try? store.close() }
        let pause = OfficePause(office: office, since: WallClock.system.now, person: person, reason: reason)
        guard try await store.pause(pause) else {
            try await store.tellAgain(office)
            let untold = await tellOfPauses()
            return SubscriptionChange(office, "paused", note: Self.joined("it was paused already", untold))
        }
        let untold = await tellOfPauses()
        try await noteChange("paused", office, by: person, reason: reason)
        return SubscriptionChange(office, "paused", note: Self.joined("its queue keeps what comes", untold))
    }

    /// Ends an office's pause, whatever brought it about.
    public func resume(
        _ name: String, by person: String = UserName.current, reason: String? = nil
    ) async throws -> SubscriptionChange {
        let office = try await current().office(named: name).office
        let store = try hubStore()
        defer { try? store.close() }
        guard let pause = try await store.resume(office) else {
            try await store.tellAgain(office)
            let untold = await tellOfPauses()
            return SubscriptionChange(office, "resumed", note: Self.joined("it was not paused", untold))
        }
        let untold = await tellOfPauses()
        try await noteChange("resumed", office, by: person, detail: "paused: \(pause.cause)", reason: reason)
        return SubscriptionChange(
            office, "resumed", note: Self.joined("it was paused since \(pause.since.rfc3339)", untold))
    }

    private static func joined(_ note: String, _ untold: String?) -> String {
        [note, untold].compactMap(\.self).joined(separator: "; ")
    }

    /// What the settings mean, read as a stored subscription is.
    private func subscription(
        _ office: OfficeName, _ settings: SubscriptionSettings, isRemote: Bool
    ) throws(ConfigurationError) -> Subscription {
        let environment = ConfigurationEnvironment.current
        return try settings.subscription(
            of: office, source: office.text, directory: configuration.settingsDirectory(environment),
            variables: environment.variables, mayBePrivate: configuration.hub.privateAddresses,
            files: isRemote ? .below(configuration.file?.deletingLastPathComponent()) : .all)
    }
}
