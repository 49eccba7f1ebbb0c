/// All that a replica knows of one record, on its way to another replica: the data of an event with the operation
/// `state`.
///
/// Its receiver joins it in, see ``Record/join(_:)``. In JSON it is an object of `state`, the record's canonical
/// serialization in Base64 (RFC 4648), and `routes`, an array of routing keys.
public struct RecordState: Sendable, Hashable {
    /// The type of the events that carry one.
    public static let eventType = "lockstep.record.state"

    /// The record.
    public var record: Record
    /// The routing keys of all events about it that were taken in, sorted; nil: nobody knows any more.
    public var routes: [String]?

    /// A state.
    public init(_ record: Record, routes: [String]?) {
        self.record = record
        self.routes = routes
    }

    /// Reads what ``data`` wrote.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidEvent`: not a state, or not in the one canonical form.
    public init(_ data: JSONObject, of subject: Subject) throws(LockstepError) {
        guard let bytes = data["state"]?.stringValue.flatMap(Base64.bytes),
            let record = try? Record(subject: subject, encoded: bytes), record.isCanonical
        else { throw Self.unreadable }
        self.record = record
        guard let list = data["routes"], !list.isNull else {
            routes = nil
            return
        }
        var routes: [String] = []
        for element in list.elements ?? [.null] {
            guard let route = element.stringValue, !route.isEmpty, !route.utf8.contains(UInt8(ascii: " ")) else {
                throw Self.unreadable
            }
            routes.append(route)
        }
        self.routes = routes
    }

    /// The state as an event's data.
    public var data: JSONObject {
        let list = routes.map { routes in
            JSONText(canonical: "[" + routes.map { JSONText(string: $0).text }.joined(separator: ",") + "]")
        }
        return ["state": JSONText(string: Base64.text(record.encoded())), "routes": list ?? .null]
    }

    private static var unreadable: LockstepError {
        LockstepError(
            .invalidEvent, "the event's data is not the state of a record; send it with 'lockstep reconcile'")
    }
}

extension Record {
    /// Whether everything stands in the order and form that merging relies on: bytes from outside may say anything.
    fileprivate var isCanonical: Bool {
        func isSorted<Element>(_ list: [Element], by precedes: (Element, Element) -> Bool) -> Bool {
            list.indices.dropFirst().allSatisfy { precedes(list[$0 - 1], list[$0]) }
        }
        func isSound(_ register: Register) -> Bool {
            isSorted(register.values) { $0.version < $1.version }
                && register.values.allSatisfy { value in
                    guard register.context.covers(value.version) else { return false }
                    guard let content = value.content else { return true }
                    return (try? JSONText(parsing: content.text)) == content
                }
        }
        return isSorted(fields) { ByteOrder.precedes($0.name, $1.name) }
            && isSorted(types, by: ByteOrder.precedes)
            && types.allSatisfy { (try? EventType($0)) != nil }
            && version != nil
            && isSound(existence) && fields.allSatisfy { isSound($0.register) }
    }
}
