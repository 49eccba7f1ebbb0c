public import Lockstep

/// What is to be changed in a dead letter before it is sent again.
public struct DeadLetterChange: Sendable, Hashable {
    /// Its data as a whole; nil: as it is.
    public var data: JSONObject?
    /// Fields of its data and their new values; null removes the field from the record.
    public var fields: [String: JSONText]
    /// CloudEvents attributes and their new values; an empty one removes the attribute.
    public var attributes: [String: String]

    /// A change.
    public init(data: JSONObject? = nil, fields: [String: JSONText] = [:], attributes: [String: String] = [:]) {
        self.data = data
        self.fields = fields
        self.attributes = attributes
    }

    /// A change as somebody gave it on the command line.
    ///
    /// - Parameters:
    ///   - assignments: `field=value`, each; the value is JSON, or else text.
    ///   - attributes: `name=value`, each.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidEvent` that names what cannot be read.
    public init(data: JSONObject? = nil, assignments: [String], attributes: [String]) throws(LockstepError) {
        self.init(data: data)
        for text in assignments {
            let (name, value) = try Self.parts(text, "a change of a field", "status=Issued")
            fields[name] = (try? JSONText(parsing: value)) ?? JSONText(string: value)
        }
        for text in attributes {
            let (name, value) = try Self.parts(text, "a change of an attribute", "time=2026-01-31T18:00:00Z")
            self.attributes[name] = value
        }
    }

    /// Whether nothing is to be changed.
    public var isEmpty: Bool { data == nil && fields.isEmpty && attributes.isEmpty }

    private static func parts(
        _ text: String, _ what: String, _ example: String
    ) throws(LockstepError) -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw LockstepError(.invalidEvent, "'\(text)' is not \(what); write name=value, like \(example)")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

/// What became of a dead letter that was edited, or would become of it.
public struct DeadLetterEdit: Detailed, Hashable {
    /// One difference between the original and what was sent.
    public struct Difference: Encodable, Sendable, Hashable {
        /// What differs: an attribute's name, or `data.` and a field's.
        public var name: String
        /// What the original has; null: nothing.
        @OrNull public var before: String?
        /// What was sent; null: nothing.
        @OrNull public var after: String?
    }

    /// The office's name.
    public var office: String
    /// The dead letter's id.
    public var id: String
    /// `repaired`: it is sent to its office, with its own name and version; `corrected`: the event stays what it is, and a
    /// new one that corrects it is published for all offices.
    public var way: String
    /// The id of the event that was sent; null: none has been.
    @OrNull public var event: String?
    /// What differs from the original.
    public var differences: [Difference]
    /// What the office's replica would make of it: a merge outcome, or `refused`; null: nobody knows, its worker was not
    /// asked, and its replica is not here.
    @OrNull public var outcome: String?
    /// Why it would be refused; null: it would not.
    @OrNull public var reason: String?
    /// What the office's adapter would do: `would-apply`, `would-refuse`, `cannot-say` or `not-told`; `none`: the office has
    /// no system besides its replica and its calendar; `not-asked`: nobody could ask it; null: this was no dry run.
    @OrNull public var adapter: String?
    /// How the adapter would apply it, or why it would not, or was not asked; null: there is nothing to say.
    @OrNull public var adapterReason: String?
    /// Whether nothing was sent.
    public var dryRun: Bool

    /// Whether the office would not take it, as far as is known.
    public var wouldBeRefused: Bool { reason != nil || adapter == Rehearsal.Word.wouldRefuse.rawValue }

    public var details: [Detail] {
        let changed = differences.map { "\($0.name): \($0.before ?? "nothing") → \($0.after ?? "nothing")" }
        let replica = outcome ?? "not known, its replica is not here"
        let sent = way == "repaired" ? "sent to \(office)" : "published for all offices, as a change of its own"
        return [
            Detail("id", id), Detail("way", way), Detail("differences", changed.joined(separator: "\n")),
            Detail("the office", [replica, reason].compactMap(\.self).joined(separator: ": ")),
            Detail("its adapter", [adapter ?? "-", adapterReason].compactMap(\.self).joined(separator: ": ")),
            Detail("outcome", dryRun ? "nothing was sent" : "\(sent) (\(event ?? "-"))"),
        ]
    }
}
