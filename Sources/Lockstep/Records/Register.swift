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

    /// Nearly always one value is all there is to know: that needs no memory of its own.
    ///
    /// Of the cases that could say the same, always the first one does; else equal registers would not be equal.
    private enum Content: Sendable, Hashable {
        case nothing
        /// One value; the context is its version.
        case one(Value)
        case several([Value], context: VersionVector)
    }

    private var content: Content

    /// A register that nobody has written to.
    public init() {
        content = .nothing
    }

    /// A register of one value, whose context is its version.
    init(_ value: Value) {
        content = .one(value)
    }

    init(values: [Value], context: VersionVector) {
        switch (values.count, context.entries.count) {
        case (0, 0): content = .nothing
        case (1, 1) where context.entries[0] == VersionVector.Entry(values[0].version): content = .one(values[0])
        default: content = .several(values, context: context)
        }
    }

    /// The values that no other change has replaced, by version.
    public var values: [Value] {
        switch content {
        case .nothing: []
        case .one(let value): [value]
        case .several(let values, _): values
        }
    }

    /// Per origin the newest version that was ever taken in, or that a change taken in had seen.
    public var context: VersionVector {
        switch content {
        case .nothing: VersionVector()
        case .one(let value): VersionVector(CollectionOfOne(value.version))
        case .several(_, let context): context
        }
    }

    /// The value with the newest version; nil: there is none.
    public var newest: Value? {
        switch content {
        case .nothing: nil
        case .one(let value): value
        case .several(let values, _): values.last
        }
    }

    /// The one value, if the register knows of nothing else.
    var only: Value? {
        if case .one(let value) = content { value } else { nil }
    }

    /// Finds how much it takes to write the register, and whose values there are: all of them stand in its context, too.
    func measure(into measure: inout RecordMeasure) {
        measure.addRegister()
        switch content {
        case .nothing: break
        case .one(let value): measure.add(value)
        case .several(let values, let context):
            measure.add(context)
            for value in values { measure.add(value) }
        }
    }

    /// Whether more than one content is left, so that a policy has to choose.
    public var isInConflict: Bool {
        guard case .several(let values, _) = content, let first = values.first else { return false }
        return values.dropFirst().contains { $0.content != first.content }
    }

    /// Whether the context is just the versions of the values.
    var knowsOnlyItsValues: Bool {
        guard case .several(let values, let context) = content else { return true }
        return context == VersionVector(values.map(\.version))
    }

    /// The newest reading of an origin that was ever taken in, or seen by a change taken in.
    func reading(of origin: Origin) -> ClockReading? {
        switch content {
        case .nothing: nil
        case .one(let value): value.version.origin == origin ? value.version.reading : nil
        case .several(_, let context): context[origin]
        }
    }

    /// Takes a change in that writes to this register.
    ///
    /// `floor` is what changes of the whole record had seen: see ``Record/floor``.
    /// - Returns: Whether the value was taken in; false if it is there already or something newer replaced it.
    mutating func write(_ value: Value, seen: VersionVector, floor: VersionVector) -> Bool {
        if seen.isEmpty, floor.isEmpty {
            switch content {
            case .one(let old) where old.version.origin == value.version.origin:
                guard old.version < value.version else { break }
                content = .one(value)
                return true
            case .nothing:
                content = .one(value)
                return true
            case .one, .several: break
            }
        }
        return join(value, seen: seen, floor: floor)
    }

    private mutating func join(_ value: Value, seen: VersionVector, floor: VersionVector) -> Bool {
        let version = value.version
        var (values, context) = (values, context)
        let isNew = !context.covers(version) && !floor.covers(version)
        // Also when the change itself comes too late: what it had seen stays seen, whenever it arrives.
        values.removeAll { $0.version.isReplaced(by: version, seen: seen) }
        context.note(seen, of: version)
        context.insert(version)
        if isNew {
            values.insert(value, at: values.firstIndex { version < $0.version } ?? values.endIndex)
        } else {
            Self.settleTwin(of: value, among: &values)
        }
        self = Register(values: values, context: context)
        return isNew
    }

    /// Takes a change in that replaces or deletes the whole record and does not write to this register.
    mutating func retract(by version: Version, seen: VersionVector) {
        let left = values.filter { $0.version != version && !$0.version.isReplaced(by: version, seen: seen) }
        self = Register(values: left, context: context)
    }

    /// Keeps in mind what a change had seen of this register.
    mutating func note(_ seen: VersionVector, of version: Version) {
        var context = context
        context.note(seen, of: version)
        self = Register(values: values, context: context)
    }

    /// Keeps one of two changes that have the same version and other contents, the same one everywhere.
    ///
    /// An origin broke its promise; all replicas still agree.
    private static func settleTwin(of value: Value, among values: inout [Value]) {
        guard let index = values.firstIndex(where: { $0.version == value.version }),
            let content = value.content
        else { return }
        if let kept = values[index].content, !ByteOrder.precedes(kept.text, content.text) { return }
        values[index] = value
    }
}

extension VersionVector {
    /// Joins in what a change had seen of others; of its own origin it says nothing.
    fileprivate mutating func note(_ seen: VersionVector, of version: Version) {
        for entry in seen.entries where entry.origin != version.origin {
            insert(Version(reading: entry.reading, origin: entry.origin))
        }
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
