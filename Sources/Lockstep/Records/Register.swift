/// One field of a record: the set of its concurrent values, nearly always one.
///
/// A join of sets: taking changes in is commutative, associative and idempotent, so that replicas that took in the same
/// changes hold the same register, whatever the order and however often.
public struct Register: Sendable, Hashable {
    /// One of the concurrent values, with the version that wrote it.
    public struct Value: Sendable, Hashable {
        /// Who wrote it, and when: its dot.
        public let version: Version
        /// What was written; nil: the field was removed.
        public let content: JSONText?

        /// A value.
        public init(version: Version, content: JSONText?) {
            self.version = version
            self.content = content
        }
    }

    /// The values that no other change has replaced, by version.
    public private(set) var values: [Value]
    /// Per origin the newest version that was ever taken in, or that a change taken in had seen.
    public private(set) var context: VersionVector

    /// A register that nobody has written to.
    public init() {
        values = []
        context = VersionVector()
    }

    init(values: [Value], context: VersionVector) {
        self.values = values
        self.context = context
    }

    /// Whether more than one content is left, so that a policy has to choose.
    public var isInConflict: Bool {
        guard let first = values.first else { return false }
        return values.dropFirst().contains { $0.content != first.content }
    }

    /// Whether the context is just the versions of the values.
    var knowsOnlyItsValues: Bool {
        guard values.count == 1 else { return context == VersionVector(values.map(\.version)) }
        let (version, known) = (values[0].version, context.entries)
        return known.count == 1 && known[0].reading == version.reading && known[0].origin == version.origin
    }

    /// Takes a change in that writes to this register.
    ///
    /// `floor` is what changes of the whole record had seen: see ``Record/floor``.
    /// - Returns: Whether the value was taken in; false if it is there already or something newer replaced it.
    mutating func write(_ value: Value, seen: VersionVector, floor: VersionVector) -> Bool {
        let version = value.version
        let isNew = !context.covers(version) && !floor.covers(version)
        // Also when the change itself comes too late: what it had seen stays seen, whenever it arrives.
        values.removeAll { $0.version.isReplaced(by: version, seen: seen) }
        note(seen, of: version)
        context.insert(version)
        guard isNew else {
            settleTwin(of: value)
            return false
        }
        let index = values.firstIndex { version < $0.version } ?? values.endIndex
        values.insert(value, at: index)
        return true
    }

    /// Takes a change in that replaces or deletes the whole record and does not write to this register.
    mutating func retract(by version: Version, seen: VersionVector) {
        values.removeAll { $0.version == version || $0.version.isReplaced(by: version, seen: seen) }
    }

    /// Keeps in mind what a change had seen of this register.
    mutating func note(_ seen: VersionVector, of version: Version) {
        for entry in seen.entries where entry.origin != version.origin {
            context.insert(Version(reading: entry.reading, origin: entry.origin))
        }
    }

    /// Keeps one of two changes that have the same version and other contents, the same one everywhere.
    ///
    /// An origin broke its promise; all replicas still agree.
    private mutating func settleTwin(of value: Value) {
        guard let index = values.firstIndex(where: { $0.version == value.version }),
            let content = value.content
        else { return }
        if let kept = values[index].content, !ByteOrder.precedes(kept.text, content.text) { return }
        values[index] = value
    }
}

extension Version {
    /// Whether a change replaces this one: it had seen it, or its own origin wrote both.
    ///
    /// What its own origin wrote before, a change has always seen; what it claims of its own future is ignored.
    fileprivate func isReplaced(by version: Version, seen: VersionVector) -> Bool {
        origin == version.origin ? reading < version.reading : seen.covers(self)
    }
}
