/// A conflict that a change has ended, as the change's event tells of it.
///
/// The office that makes the change knows what it ends; others may never have seen the conflict, since the change reached
/// them first. What the event says makes the entry in the ledger of conflicts the same everywhere.
public struct ConflictSettlement: Sendable, Hashable {
    /// The conflict as it was where it was settled.
    public let conflict: Conflict
    /// The change that settled it.
    public let by: Version
    /// The event of that change; nil: it is not known.
    public let event: EventID?
    /// When the change was made.
    public let time: Timestamp?
    /// Who decided; nil: nobody said so, it was a change like any other.
    public let person: String?
    /// Why it was decided so.
    public let reason: String?

    /// A settlement.
    public init(
        _ conflict: Conflict, by version: Version, event: EventID? = nil, time: Timestamp? = nil,
        person: String? = nil, reason: String? = nil
    ) {
        self.conflict = conflict
        by = version
        self.event = event
        self.time = time
        self.person = person
        self.reason = reason
    }

    /// The extension attribute that names the conflicts that an event settles.
    package static let attribute = "conflictsettled"
    /// The extension attribute that says who decided.
    package static let personAttribute = "conflictperson"
    /// The extension attribute that says why.
    package static let reasonAttribute = "conflictreason"

    /// The settlements that an event tells of; none, if it tells of none that can be read.
    package static func all(of event: Event) -> [ConflictSettlement] {
        guard !event.extensions.isEmpty, let text = event.extensions[attribute],
            let elements = (try? JSONText(parsing: text))?.elements
        else { return [] }
        return elements.compactMap { element in
            guard let conflict = Conflict(settled: element, about: event.subject) else { return nil }
            return ConflictSettlement(
                conflict, by: event.version, event: event.id, time: event.time,
                person: event.extensions[personAttribute], reason: event.extensions[reasonAttribute])
        }
    }

    /// What an event says of the conflicts that it settles.
    ///
    /// Contents of more than 512 bytes are left out: they travel in a message's headers.
    static func text(of conflicts: [Conflict]) -> String {
        "[" + conflicts.map { $0.settledObject.text }.joined(separator: ",") + "]"
    }
}

extension Conflict {
    fileprivate var settledObject: JSONObject {
        [
            "field": JSONText(string: field),
            "policy": JSONText(string: policy),
            "shown": JSONText(string: shown.description),
            "values": Value.json(of: values, longest: 512),
        ]
    }

    fileprivate init?(settled element: JSONText, about subject: Subject) {
        guard let object = try? JSONObject(parsing: element.text), let field = object["field"]?.stringValue,
            let shown = object["shown"]?.stringValue.flatMap({ try? Version($0) }),
            let values = object["values"].flatMap(Value.all), values.count > 1
        else { return nil }
        self.init(
            subject: subject, field: field, values: values, policy: object["policy"]?.stringValue ?? "", shown: shown,
            isOpen: false)
    }
}
