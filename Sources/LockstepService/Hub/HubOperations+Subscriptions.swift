import HTTPTypes
import Lockstep
import LockstepServer

extension HubOperations {
    func subscriptions() async throws -> HubPage { try HubPage(try await base.subscriptions()) }

    func subscription(_ name: String) async throws -> HubDocument {
        try await settled { try HubDocument(try await base.subscription(name)) }
    }

    func createSubscription(_ name: String, _ settings: JSONObject, _ deed: HubDeed) async throws -> HubDocument {
        try await settled {
            try HubDocument(
                try await base.createSubscription(
                    name, try Self.settings(settings), isRemote: true, by: deed.person, reason: deed.reason))
        }
    }

    func changeSubscription(
        _ name: String, _ patch: JSONObject, revision: Int?, _ deed: HubDeed
    ) async throws -> HubDocument {
        try await settled {
            try HubDocument(
                try await base.changeSubscription(
                    name, revision: revision, isRemote: true, by: deed.person, reason: deed.reason
                ) { old in
                    var settings = old
                    for field in patch.fields { settings[field.name] = field.value.isNull ? nil : field.value }
                    return try Self.settings(settings.object)
                })
        }
    }

    func deleteSubscription(_ name: String, movesQueued: Bool, _ deed: HubDeed) async throws -> HubDocument {
        try HubDocument(
            try await base.deleteSubscription(name, moves: movesQueued, by: deed.person, reason: deed.reason))
    }

    func pauseSubscription(_ name: String, _ pauses: Bool, _ deed: HubDeed) async throws -> HubDocument {
        try HubDocument(
            pauses
                ? try await base.pause(name, by: deed.person, reason: deed.reason)
                : try await base.resume(name, by: deed.person, reason: deed.reason))
    }

    private static func settings(_ object: JSONObject) throws -> SubscriptionSettings {
        try SubscriptionSettings(parsing: object.text, source: "settings")
    }

    /// Settings that cannot be used are the caller's to mend.
    private func settled(_ work: () async throws -> HubDocument) async throws -> HubDocument {
        do {
            return try await work()
        } catch let error as ConfigurationError {
            throw HubProblem(
                .badRequest, "The settings cannot be used: \(error.problems.map(\.message).joined(separator: "; "))")
        }
    }
}
