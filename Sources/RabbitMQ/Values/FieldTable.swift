/// An AMQP field table: the headers of a message, or the arguments of a declaration.
///
/// Keys are at most 128 bytes long by the specification; the broker takes up to 255, and so does
/// the client. Where a received table names a key twice, the last value stands. Two tables with the same entries are
/// equal, whatever their order.
public struct FieldTable: Sendable {
    /// A key and its value.
    public typealias Element = (key: String, value: FieldValue)

    // In a row: tables are short, and a message's headers are read far more often than looked up.
    private var entries: [Element]

    /// How long a table may be before its keys are looked up by hash while it is made.
    private static let short = 16

    /// Makes an empty table.
    public init() { entries = [] }

    /// Makes a table of these entries; of entries with the same key the last one stands.
    public init(_ entries: some Sequence<(String, FieldValue)>) {
        self.entries = Self.unique(entries.map { (key: $0, value: $1) })
    }

    /// Makes a table of what was received.
    init(received entries: [Element]) {
        self.entries = Self.unique(entries)
    }

    /// The value under `key`; `nil` where there is none.
    ///
    /// Takes time by the number of entries.
    public subscript(key: String) -> FieldValue? {
        get { index(of: key).map { entries[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// The keys, in no particular order.
    public var keys: some Collection<String> { entries.lazy.map(\.key) }

    /// The number of entries.
    public var count: Int { entries.count }

    /// Whether there is no entry.
    public var isEmpty: Bool { entries.isEmpty }

    private func index(of key: String) -> Int? {
        entries.firstIndex { $0.key == key }
    }

    private static func unique(_ entries: [Element]) -> [Element] {
        var unique: [Element] = []
        unique.reserveCapacity(entries.count)
        // Anybody may send a frame full of headers.
        var indices: [String: Int] = [:]
        for entry in entries {
            let isShort = unique.count < short
            if !isShort, indices.isEmpty {
                for (index, known) in unique.enumerated() { indices[known.key] = index }
            }
            let known = isShort ? unique.firstIndex { $0.key == entry.key } : indices[entry.key]
            if let known {
                unique[known].value = entry.value
            } else {
                if !isShort { indices[entry.key] = unique.count }
                unique.append(entry)
            }
        }
        return unique
    }
}

extension FieldTable: Hashable {
    public static func == (left: FieldTable, right: FieldTable) -> Bool {
        guard left.count == right.count else { return false }
        if zip(left.entries, right.entries).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) { return true }
        return left.dictionary == right.dictionary
    }

    public func hash(into hasher: inout Hasher) { dictionary.hash(into: &hasher) }

    private var dictionary: [String: FieldValue] {
        Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, FieldValue)...) { self.init(elements) }
}

extension FieldTable: Sequence {
    public func makeIterator() -> some IteratorProtocol<Element> { entries.makeIterator() }
}
