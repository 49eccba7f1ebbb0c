/// An AMQP field table: the headers of a message, or the arguments of a declaration.
///
/// Keys are at most 128 bytes long by the specification; the broker takes up to 255, and so does
/// the client. Where a received table names a key twice, the last value stands.
public struct FieldTable: Sendable, Hashable {
    private var values: [String: FieldValue]

    /// Makes an empty table.
    public init() { values = [:] }

    /// Makes a table of these entries; of entries with the same key the last one stands.
    public init(_ entries: some Sequence<(String, FieldValue)>) {
        values = Dictionary(entries, uniquingKeysWith: { _, last in last })
    }

    /// The value under `key`; `nil` where there is none.
    public subscript(key: String) -> FieldValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The keys, in no particular order.
    public var keys: some Collection<String> { values.keys }

    /// The number of entries.
    public var count: Int { values.count }

    /// Whether there is no entry.
    public var isEmpty: Bool { values.isEmpty }

    mutating func reserveCapacity(_ capacity: Int) { values.reserveCapacity(capacity) }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, FieldValue)...) { self.init(elements) }
}

extension FieldTable: Sequence {
    public func makeIterator() -> Dictionary<String, FieldValue>.Iterator { values.makeIterator() }
}
