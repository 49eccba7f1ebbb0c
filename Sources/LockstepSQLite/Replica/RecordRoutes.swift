import Lockstep

/// The routing keys of all events about a record, as a replica remembers them: sorted, each once.
struct RecordRoutes: Equatable {
    /// Nil: the record is older than this memory.
    private(set) var keys: [String]?

    /// Reads the column; nil: unknown.
    init(_ text: String?) {
        keys = text?.split(separator: " ").map(String.init)
    }

    /// Of a record that nobody has heard of.
    static let none = RecordRoutes("")

    /// The column's text.
    var text: String? { keys?.joined(separator: " ") }

    /// Notes an event; of a record's state all keys that it brings along.
    mutating func insert(_ event: Event) {
        guard event.operation == .state else { return insert(event.routingKey) }
        guard let state = try? RecordState(event.data, of: event.subject) else { return }
        guard let routes = state.routes else {
            keys = nil
            return
        }
        for route in routes { insert(route) }
    }

    private mutating func insert(_ key: String) {
        guard let known = keys, !known.contains(key) else { return }
        keys = (known + [key]).sorted()
    }
}
