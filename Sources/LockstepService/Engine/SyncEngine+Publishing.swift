public import Lockstep

extension SyncEngine {
    /// Says that something changed, and returns when the broker has it safe.
    ///
    /// Waits for the broker where it is away. What must not be lost by a crash before that is triggered instead.
    ///
    /// ```swift
    /// try await engine.publish("policy.started", about: "policy/YSP-2024", ["start_date": "2024-04-01"])
    /// ```
    ///
    /// - Parameters:
    ///   - type: What kind of thing happened, like `permit.issued`.
    ///   - subject: The record that it is about, like `permit/24-019651`.
    ///   - data: The fields that changed; `.null` removes one.
    ///   - scope: The region or tenant that it concerns, the last word of the routing key.
    /// - Returns: The event as it was sent.
    /// - Throws: ``/Lockstep/LockstepError``: `invalidName` or `eventTooLarge` before anything is sent; `brokerUnavailable` where the broker
    ///   refused it, or nobody runs the engine.
    @discardableResult
    public func publish(
        _ type: String, about subject: String, _ data: JSONObject = [:], scope: String? = nil
    ) async throws -> Event {
        try await publish([try Self.draft(type, subject, data, scope)])[0]
    }

    /// Publishes changes, in order, and returns when the broker has all of them safe.
    ///
    /// - Throws: As ``publish(_:about:_:scope:)``; some may have been published then.
    @discardableResult
    public func publish(_ drafts: [EventDraft]) async throws -> [Event] {
        try await connected()
        return try await store.publisher(over: transport).publish(drafts).map { published in
            if case .refused(let reason) = published.outcome { throw LockstepError(.brokerUnavailable, reason) }
            return published.event
        }
    }

    /// Says that something changed, and returns when it is on disk here: it is published as soon as the broker is there.
    ///
    /// For callers that must not wait for a broker. It needs no ``run()`` yet; what a process leaves behind, the next one
    /// with the same state directory publishes.
    ///
    /// - Parameters:
    ///   - type: What kind of thing happened, like `permit.issued`.
    ///   - subject: The record that it is about, like `permit/24-019651`.
    ///   - data: The fields that changed; `.null` removes one.
    ///   - scope: The region or tenant that it concerns, the last word of the routing key.
    /// - Throws: ``/Lockstep/LockstepError``: `invalidName`, `eventTooLarge`, or what kept the file from being written.
    public func trigger(
        _ type: String, about subject: String, _ data: JSONObject = [:], scope: String? = nil
    ) async throws {
        try await trigger([try Self.draft(type, subject, data, scope)])
    }

    /// Writes changes to disk in one transaction; they are published, in order, as soon as the broker is there.
    ///
    /// - Throws: As ``trigger(_:about:_:scope:)``; nothing was written then.
    public func trigger(_ drafts: [EventDraft]) async throws {
        try await store.append(drafts)
    }

    private static func draft(
        _ type: String, _ subject: String, _ data: JSONObject, _ scope: String?
    ) throws(LockstepError) -> EventDraft {
        var draft = EventDraft(try EventType(type), about: try Subject(subject), data)
        if let scope { draft.scope = try Scope(scope) }
        return draft
    }
}
