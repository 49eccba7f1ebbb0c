extension Record {
    /// Takes one change in.
    ///
    /// Commutative, associative and idempotent: two records that took in the same changes are equal, in whatever order
    /// and however often they came. Causality is exact: a value goes only when a change that had seen it, or a later one
    /// of the same origin, arrives.
    @discardableResult
    public mutating func merge(_ change: RecordChange) -> MergeOutcome {
        if change.operation == .state {
            // Who takes an event in has refused what cannot be read, see ``EventDraft/received()``.
            guard let state = try? RecordState(change.data, of: subject) else { return .superseded }
            return join(state.record)
        }
        let known = existence.reading(of: change.version.origin) == change.version.reading
        var taken = 0
        var conflict = false
        let written = change.operation == .delete ? [] : change.data.fields
        var next = 0
        for field in written {
            let content: JSONText? = change.operation == .merge && field.value.isNull ? nil : field.value
            let index = indexOfField(named: field.name, near: next)
            next = index + 1
            let value = Register.Value(version: change.version, content: content)
            if fields[index].register.write(value, seen: change.seen.vector(for: field.name), floor: floor) {
                taken += 1
                if fields[index].register.isInConflict { conflict = true }
            }
        }
        if change.operation != .merge { retractFields(notIn: written, by: change) }

        let existing: JSONText? = change.operation == .delete ? nil : .true
        let tookExistence = existence.write(
            Register.Value(version: change.version, content: existing),
            seen: change.seen.ofExistence,
            floor: VersionVector()
        )
        if tookExistence, existence.isInConflict { conflict = true }
        if change.operation == .delete { newestDelete = max(newestDelete, change.version.reading) }
        insert(RecordKind(type: change.type.text, newest: change.version.reading))

        if conflict { return .conflict }
        if taken == 0, !tookExistence || !written.isEmpty { return known ? .duplicate : .superseded }
        return taken == written.count && tookExistence && existence.values.count == 1 ? .applied : .merged
    }

    /// Removes what a `replace` or `delete` had seen and does not write, and keeps in mind what it had seen.
    private mutating func retractFields(notIn written: [JSONObject.Field], by change: RecordChange) {
        if case .byField(let vectors) = change.seen {
            // Also of fields whose changes have not arrived yet.
            for (name, vector) in vectors where name != Seen.existence {
                fields[indexOfField(named: name)].register.note(vector, of: change.version)
            }
        }
        for index in fields.indices {
            let name = fields[index].name
            guard written.binarySearch(for: name, by: \.name).found == nil else { continue }
            fields[index].register.retract(by: change.version, seen: change.seen.vector(for: name))
        }
        for entry in change.seen.ofAllFields.entries where entry.origin != change.version.origin {
            floor.insert(Version(reading: entry.reading, origin: entry.origin))
        }
        floor.insert(change.version)
    }

    /// Where a field stands; makes it if nobody has written to it yet.
    ///
    /// - Parameter guess: Where it may stand: a change names its fields in the record's order.
    private mutating func indexOfField(named name: String, near guess: Int = 0) -> Int {
        if guess < fields.count, ByteOrder.equal(fields[guess].name, name) { return guess }
        switch fields.binarySearch(for: name, by: \.name) {
        case .found(let index): return index
        case .missing(let index):
            fields.insert(Field(name: name, register: Register()), at: index)
            return index
        }
    }

    mutating func insert(_ kind: RecordKind) {
        let index = kinds.firstIndex { !ByteOrder.precedes($0.type, kind.type) } ?? kinds.endIndex
        if index < kinds.endIndex, ByteOrder.equal(kinds[index].type, kind.type) {
            kinds[index].newest = max(kinds[index].newest, kind.newest)
        } else {
            kinds.insert(kind, at: index)
        }
    }
}
