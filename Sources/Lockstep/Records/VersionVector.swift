/// Per origin the newest reading: what somebody had seen, or what a register has taken in.
public struct VersionVector: Sendable, Hashable {
    /// One origin's newest reading.
    public struct Entry: Sendable, Hashable {
        /// Who.
        public let origin: Origin
        /// The newest reading of theirs.
        public var reading: ClockReading

        init(_ version: Version) {
            origin = version.origin
            reading = version.reading
        }
    }

    /// The entries, by origin.
    public private(set) var entries: [Entry] = []

    /// A vector that has seen nothing.
    public init() {}

    /// A vector of these versions, the newest of each origin.
    public init(_ versions: some Sequence<Version>) {
        for version in versions { insert(version) }
    }

    /// Whether nothing has been seen.
    public var isEmpty: Bool { entries.isEmpty }

    /// The newest reading of an origin, if any.
    public subscript(origin: Origin) -> ClockReading? {
        for entry in entries where entry.origin == origin { return entry.reading }
        return nil
    }

    /// Whether this version, or a newer one of its origin, has been seen.
    public func covers(_ version: Version) -> Bool {
        guard let reading = self[version.origin] else { return false }
        return reading >= version.reading
    }

    /// Joins one version in.
    public mutating func insert(_ version: Version) {
        for index in entries.indices {
            if entries[index].origin == version.origin {
                entries[index].reading = max(entries[index].reading, version.reading)
                return
            }
            if version.origin < entries[index].origin {
                entries.insert(Entry(version), at: index)
                return
            }
        }
        entries.append(Entry(version))
    }

    /// Joins another vector in: per origin the newer reading.
    public mutating func join(_ other: VersionVector) {
        for entry in other.entries { insert(Version(reading: entry.reading, origin: entry.origin)) }
    }

    /// Takes an origin out.
    mutating func remove(_ origin: Origin) {
        entries.removeAll { $0.origin == origin }
    }

    /// The newest version of all.
    public var newest: Version? {
        entries.map { Version(reading: $0.reading, origin: $0.origin) }.max()
    }
}
