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
        guard event.operation == .state else { return insert(event.routingKey) }
        guard let state = try? RecordState(event.data, of: event.subject) else { return }
        guard let routes = state.routes else {
            text = nil
            return
        }
        for route in routes { insert(route) }
    }

    private mutating func insert(_ key: String) {
        guard text != key, let known = keys, !known.contains(key) else { return }
        text = (known + [key]).sorted().joined(separator: " ")
    }
}
