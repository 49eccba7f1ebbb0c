import Crypto
import HTTPTypes
import Lockstep
import LockstepSQLite
import LockstepServer

/// Makes what a caller sends fit to be published: by whom, how large, and what tells it from another event.
struct HubSubmissions {
    let caller: HubCaller
    /// Who makes changes that say nothing of it, where the caller has no origin.
    let origin: Origin?
    /// The largest event, in bytes.
    let largest: Int

    /// The events, in order.
    ///
    /// - Throws: ``HubProblem`` that names what is wrong with each.
    func of(_ drafts: [EventDraft]) throws -> [SQLiteIntake.Submission] {
        var submissions: [SQLiteIntake.Submission] = []
        var reasons: [(index: Int, detail: String)] = []
        var isTooLarge = true
        var isForeign = true
        for (index, draft) in drafts.enumerated() {
            do throws(LockstepError) {
                try draft.check(largest: largest)
                let own = try ofCaller(draft)
                submissions.append(SQLiteIntake.Submission(own, digest: Self.digest(own)))
            } catch {
                reasons.append((index, error.message))
                isTooLarge = isTooLarge && error.code == .eventTooLarge
                isForeign = isForeign && error.code == .invalidName
            }
        }
        guard reasons.isEmpty else {
            throw Self.problem(
                reasons, of: drafts.count, isTooLarge ? .contentTooLarge : isForeign ? .forbidden : .badRequest)
        }
        return submissions
    }

    /// The problem of an event, or of some of a batch.
    static func problem(
        _ reasons: [(index: Int, detail: String)], of count: Int, _ status: HTTPResponse.Status
    ) -> HubProblem {
        if count == 1, let reason = reasons.first { return HubProblem(status, reason.detail) }
        return HubProblem(
            status, "\(reasons.count) of \(count) events cannot be taken, so none was; see 'errors'.",
            errors: reasons.map { HubProblem.Item(index: $0.index, detail: $0.detail) })
    }

    private func ofCaller(_ draft: EventDraft) throws(LockstepError) -> EventDraft {
        var draft = draft
        guard draft.id != nil else {
            throw LockstepError(
                .invalidEvent,
                "the attribute 'id' is missing; without it, sending an event again would publish it again")
        }
        guard let source = draft.source ?? caller.origin ?? origin else {
            throw LockstepError(.invalidEvent, "the attribute 'source' is missing: who made the change")
        }
        if let origin = caller.origin, source != origin {
            throw LockstepError(
                .invalidName, "the token '\(caller.name)' publishes as '\(origin)'; leave 'source' out, or make it that"
            )
        }
        if let version = draft.version, version.origin != source {
            throw LockstepError(
                .invalidName, "the attribute 'recordversion' is of another origin than 'source'; leave it out")
        }
        draft.source = source
        return draft
    }

    /// What tells it from another event; its trace does not, for whoever sends it again may do so in another one.
    private static func digest(_ draft: EventDraft) -> [UInt8] {
        var members: [(String, JSONText)] = [
            ("type", JSONText(string: draft.type.text)), ("subject", JSONText(string: draft.subject.text)),
            ("operation", JSONText(string: draft.operation.rawValue)), ("data", JSONText(string: draft.data.text)),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { members.append((name, JSONText(string: value))) }
        }
        add("scope", draft.scope?.text)
        add("time", draft.time?.rfc3339)
        add("version", draft.version?.description)
        add("seen", draft.seen.text)
        let extensions = JSONObject(draft.extensions.map { ($0.key, JSONText(string: $0.value)) })
        add("extensions", extensions.text)
        return Array(SHA256.hash(data: JSONObject(members).utf8))
    }
}
