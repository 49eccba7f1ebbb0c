extension Record {
    /// Takes in all that another replica knows of the same record.
    ///
    /// The join of two states: the record is then what it would be had it taken in the changes of both, in any order.
    /// So it is commutative, associative and idempotent, and what is missing in one state never removes anything: a
    /// value goes only where the other has taken in, or been told of, a change that replaced it.
    ///
    /// - Precondition: Both are about the same subject.
    @discardableResult
    public mutating func join(_ other: Record) -> MergeOutcome {
        precondition(subject == other.subject, "only two states of the same record can be joined")
        let before = self
        existence.join(other.existence, floor: VersionVector(), otherFloor: VersionVector())
        joinFields(of: other)
        floor.join(other.floor)
        for kind in other.kinds { insert(kind) }
        newestDelete = max(newestDelete, other.newestDelete)

        if self == before { return .duplicate }
        if conflictedFields.contains(where: { self[field: $0] != before[field: $0] }) { return .conflict }
        if existence.isInConflict, existence != before.existence { return .conflict }
        return self == other ? .applied : .merged
    }

    private mutating func joinFields(of other: Record) {
        var joined: [Field] = []
        joined.reserveCapacity(max(fields.count, other.fields.count))
        var (left, right) = (fields[...], other.fields[...])
        while let name = Self.earlier(left.first?.name, right.first?.name) {
            let mine = left.popFirst(named: name)?.register ?? Register()
            let theirs = right.popFirst(named: name)?.register ?? Register()
            var register = mine
            register.join(theirs, floor: floor, otherFloor: other.floor)
            joined.append(Field(name: name, register: register))
        }
        fields = joined
    }

    private static func earlier(_ left: String?, _ right: String?) -> String? {
        guard let left else { return right }
        guard let right else { return left }
        return ByteOrder.precedes(right, left) ? right : left
    }
}

extension ArraySlice<Record.Field> {
    fileprivate mutating func popFirst(named name: String) -> Record.Field? {
        guard let first, ByteOrder.equal(first.name, name) else { return nil }
        return popFirst()
    }
}

extension Register {
    /// Takes in all that another replica knows of the same field.
    ///
    /// A value that only one of the two has stands, unless the other once had it or was told of it: then it has been
    /// replaced there.
    mutating func join(_ other: Register, floor: VersionVector, otherFloor: VersionVector) {
        if self == other, floor == otherFloor { return }
        var kept: [Value] = []
        for value in values {
            if let twin = other.values.first(where: { $0.version == value.version }) {
                kept.append(Self.settled(value, twin))
            } else if !other.context.covers(value.version), !otherFloor.covers(value.version) {
                kept.append(value)
            }
        }
        for value in other.values
        where !values.contains(where: { $0.version == value.version })
            && !context.covers(value.version) && !floor.covers(value.version)
        {
            kept.insert(value, at: kept.firstIndex { value.version < $0.version } ?? kept.endIndex)
        }
        var joined = context
        joined.join(other.context)
        self = Register(values: kept, context: joined)
    }

    /// Of two values with the same version the one that ``write(_:seen:floor:)`` keeps, too.
    private static func settled(_ value: Value, _ twin: Value) -> Value {
        guard let content = twin.content else { return value }
        if let own = value.content, !ByteOrder.precedes(own.text, content.text) { return value }
        return twin
    }
}
