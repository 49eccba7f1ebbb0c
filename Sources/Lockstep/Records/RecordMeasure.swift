/// How many bytes the parts take at most, and which origins occur in them.
struct RecordMeasure {
    private(set) var size = 0
    /// Sorted.
    private(set) var origins: [Origin] = []

    mutating func add(bytes: Int) { size += bytes }

    mutating func add(_ text: String) { size += RecordWriter.longestNumber + text.utf8.count }

    mutating func add(_ vector: VersionVector) {
        size += RecordWriter.longestNumber
        for entry in vector.entries {
            size += RecordWriter.longestNumber + 8
            add(entry.origin)
        }
    }

    mutating func add(_ value: Register.Value) {
        size += 2 * RecordWriter.longestNumber + 8 + (value.content?.text.utf8.count ?? 0)
        add(value.version.origin)
    }

    /// The numbers of a register's values, and whether its context follows.
    mutating func addRegister() { size += 2 * RecordWriter.longestNumber }

    private mutating func add(_ origin: Origin) {
        // Records know few origins, and neighbours mostly the same one.
        if origins.contains(origin) { return }
        origins.insert(origin, at: origins.firstIndex { origin < $0 } ?? origins.endIndex)
        add(origin.text)
    }
}
