import Lockstep
import LockstepRabbitMQ

/// Decides what is sent for a dead letter that was edited; pure.
///
/// An event that offices can read is known to them by its version: whatever is other under the same version would be
/// drift that no merge mends. So such an event is left as it is, and what was edited becomes a change of its own, for all
/// offices. What is no event no office has taken in: that is repaired, and keeps its name and version.
struct DeadLetterRepair {
    enum Kind {
        /// The event that the dead letter becomes, for this office.
        case repaired(Event)
        /// A change of the record, for everybody.
        case correction(EventDraft, of: Event)
    }

    let kind: Kind
    let differences: [DeadLetterEdit.Difference]

    /// How it is mended, for people.
    var way: String {
        switch kind {
        case .repaired: "repaired"
        case .correction: "corrected"
        }
    }

    /// - Throws: ``LockstepError`` with the code `invalidEvent`: nothing is changed, what may not be, or it is no event
    ///   still.
    init(_ original: DeadLetterOriginal, _ change: DeadLetterChange) throws(LockstepError) {
        if case .success(let event) = original.event {
            (kind, differences) = try Self.correction(of: event, change)
        } else {
            (kind, differences) = try Self.repair(original, change)
        }
        guard !differences.isEmpty else {
            throw LockstepError(
                .invalidEvent, "Nothing is changed. 'lockstep dead-letters replay' sends it again as it is.")
        }
    }

    private static func correction(
        of event: Event, _ change: DeadLetterChange
    ) throws(LockstepError) -> (Kind, [DeadLetterEdit.Difference]) {
        guard change.attributes.isEmpty else {
            throw LockstepError(
                .invalidEvent,
                "Offices can read this event and know it by its attributes: those cannot be edited. Edit its data, or "
                    + "publish a new event."
            )
        }
        guard event.operation == .merge || event.operation == .replace else {
            throw LockstepError(
                .invalidEvent,
                "This event has no data that could be edited: it is a '\(event.operation.rawValue)'. Change the record with "
                    + "'lockstep edit'."
            )
        }
        let after = change.applied(to: event.data)
        var patch = JSONObject()
        for name in names(event.data, after) where event.data[name] != after[name] {
            patch[name] = after[name] ?? .null
        }
        let draft = EventDraft(
            event.type, about: event.subject, patch, scope: event.scope, seen: event.seenItself(writing: patch),
            traceparent: event.traceparent, extensions: [correctsAttribute: event.id.text])
        return (.correction(draft, of: event), differences(event.data, after))
    }

    private static func repair(
        _ original: DeadLetterOriginal, _ change: DeadLetterChange
    ) throws(LockstepError) -> (Kind, [DeadLetterEdit.Difference]) {
        var attributes = EventAttributes()
        var changes: [DeadLetterEdit.Difference] = []
        var wanted = original.attributes.merging(change.attributes) { $1 }.filter { !$0.value.isEmpty }
        wanted["specversion"] = wanted["specversion"] ?? "1.0"
        for (name, value) in wanted { attributes[name] = value }
        for name in Set(wanted.keys).union(original.attributes.keys).sorted()
        where wanted[name] != original.attributes[name] {
            changes.append(.init(name: name, before: original.attributes[name], after: wanted[name]))
        }
        let before = try? original.data.get()
        let after: JSONObject
        if let base = change.data ?? before {
            after = change.applied(to: base)
        } else if case .failure(let error) = original.data {
            throw LockstepError(
                .invalidEvent, "The data cannot be read (\(error.message)), so it must be given whole: --data FILE.")
        } else {
            preconditionFailure("data that is not there has a reason")
        }
        if before == nil {
            changes.append(
                .init(name: "data", before: "\(original.letter.size) bytes that are no JSON object", after: after.text))
        } else {
            changes += differences(before ?? JSONObject(), after)
        }
        do throws(LockstepError) {
            return (.repaired(try attributes.draft(data: after).received()), changes)
        } catch {
            throw LockstepError(.invalidEvent, "It would still be no event: \(error.message).", underlying: error)
        }
    }

    /// The extension attribute of a correction: the id of the event that it corrects.
    static let correctsAttribute = "corrects"

    private static func names(_ one: JSONObject, _ other: JSONObject) -> [String] {
        Set((one.fields + other.fields).map(\.name)).sorted()
    }

    private static func differences(_ before: JSONObject, _ after: JSONObject) -> [DeadLetterEdit.Difference] {
        names(before, after).filter { before[$0] != after[$0] }.map {
            .init(name: "data.\($0)", before: before[$0]?.text, after: after[$0]?.text)
        }
    }
}

extension DeadLetterChange {
    fileprivate func applied(to data: JSONObject) -> JSONObject {
        var changed = self.data ?? data
        for (name, value) in fields { changed[name] = value }
        return changed
    }
}

extension Event {
    /// What somebody has seen who has seen this event and nothing later, of the fields that he writes.
    fileprivate func seenItself(writing data: JSONObject) -> Seen {
        switch seen {
        case .everywhere(var vector):
            vector.insert(version)
            return .everywhere(vector)
        case .byField(let vectors):
            let fields = data.fields.map(\.name)
            return .byField(
                Dictionary(
                    uniqueKeysWithValues: fields.map { name in
                        var vector = vectors[name] ?? VersionVector()
                        vector.insert(version)
                        return (name, vector)
                    }))
        }
    }
}
