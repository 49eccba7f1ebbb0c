import Lockstep

/// The routing keys of all events about a record, as a replica remembers them: sorted, each once.
///
/// Kept as the column's text: mostly it is one key, and that of every event.
struct RecordRoutes: Equatable {
    /// The column's text; nil: the record is older than this memory.
    private(set) var text: String?

    /// Reads the column; nil: unknown.
    init(_ text: String?) {
        self.text = text
    }

    /// Of a record that nobody has heard of.
    static let none = RecordRoutes("")

    /// The keys; nil: unknown.
    var keys: [String]? { text?.split(separator: " ").map(String.init) }

    /// Notes an event; of a record's state all keys that it brings along.
    mutating func insert(_ event: Event) {
        guard event.operation == .state else {
            if !knows(event.type, event.scope) { insert(event.routingKey) }
            return
        }
        guard let state = try? RecordState(event.data, of: event.subject) else { return }
        guard let routes = state.routes else {
            text = nil
            return
        }
        for route in routes { insert(route) }
    }

    /// Whether a key is among them, or nobody knows which are: then none is added.
    ///
    /// The key is not put together: nearly every event has one that is known.
    private func knows(_ type: EventType, _ scope: Scope?) -> Bool {
        guard var text else { return true }
        let (type, scope) = (type.text.utf8, scope?.text.utf8)
        let size = type.count + (scope.map { $0.count + 1 } ?? 0)
        func matches(_ key: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
            guard key.count == size, key.starts(with: type) else { return false }
            guard let scope else { return true }
            let rest = key.dropFirst(type.count)
            return rest.first == UInt8(ascii: ".") && rest.dropFirst().elementsEqual(scope)
        }
        return text.withUTF8 { text in
            if text.count <= size { return matches(text[...]) }
            return text.split(separator: UInt8(ascii: " ")).contains(where: matches)
        }
    }

    private mutating func insert(_ key: String) {
        guard text != key, let known = keys, !known.contains(key) else { return }
        text = (known + [key]).sorted().joined(separator: " ")
    }
}
