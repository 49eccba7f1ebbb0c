/// What would become of an event in an office.
public struct OfficeRehearsal: Sendable, Hashable {
    /// What the office's replica would make of it.
    public var acceptance: Acceptance
    /// What the office's adapter would do; nil: it has none, its replica and its calendar are all there is.
    public var adapter: Rehearsal?

    /// An answer.
    public init(_ acceptance: Acceptance, adapter: Rehearsal?) {
        self.acceptance = acceptance
        self.adapter = adapter
    }
}

/// Whoever can say what would become of an event in an office.
public protocol OfficeRehearsing: Sendable {
    /// Says it; nothing is changed, and nobody is told.
    func rehearse(_ event: Event) async throws -> OfficeRehearsal
}

extension OfficeRehearsal {
    /// The answer as JSON.
    package var json: JSONObject {
        [
            "outcome": JSONText(string: acceptance.outcome.rawValue),
            "refusal": acceptance.refusal.map { JSONText(string: $0) } ?? .null,
            "adapter": adapter.map { JSONText(string: $0.word.rawValue) } ?? .null,
            "reason": adapter?.reason.map { JSONText(string: $0) } ?? .null,
        ]
    }

    /// Reads an answer; nil: it is none, or one of a newer release that has other words.
    package init?(_ json: JSONObject) {
        guard let outcome = json["outcome"]?.stringValue.flatMap(MergeOutcome.init(rawValue:)) else { return nil }
        acceptance = Acceptance(outcome, refusal: json["refusal"]?.stringValue)
        switch json["adapter"] {
        case nil: return nil
        case let text? where text.isNull: adapter = nil
        case let text?:
            guard let word = text.stringValue.flatMap(Rehearsal.Word.init(rawValue:)) else { return nil }
            adapter = Rehearsal(word, json["reason"]?.stringValue)
        }
    }
}
