extension Record {
    /// The one canonical serialization: equal records give equal bytes, on every machine.
    ///
    /// A format byte, the origins that occur (sorted; later named by their index), the event types with their newest
    /// readings, the newest `delete` if any, the floor, the register of existence, and the fields by name. Numbers are
    /// LEB128, clock readings eight bytes, most significant first.
    public func encoded() -> [UInt8] {
        let measure = measured()
        return [UInt8](unsafeUninitializedCapacity: measure.size) { memory, count in
            var writer = RecordWriter(into: memory, origins: measure.origins)
            writer.append(kinds.count)
            for kind in kinds {
                writer.append(kind.type)
                writer.append(kind.newest)
            }
            writer.append(newestDelete.bits == 0 ? 0 : 1)
            if newestDelete.bits != 0 { writer.append(newestDelete) }
            writer.append(floor)
            writer.append(existence)
            writer.append(fields.count)
            for index in fields.indices {
                writer.append(fields[index].name)
                writer.append(fields[index].register)
            }
            count = writer.count
        }
    }

    /// Finds the origins that occur, sorted, and at least as many bytes as the serialization takes.
    private func measured() -> RecordMeasure {
        var measure = RecordMeasure()
        measure.add(bytes: 1 + 4 * RecordWriter.longestNumber + 8)
        measure.add(floor)
        for kind in kinds {
            measure.add(kind.type)
            measure.add(bytes: 8)
        }
        existence.measure(into: &measure)
        for index in fields.indices {
            measure.add(fields[index].name)
            fields[index].register.measure(into: &measure)
        }
        return measure
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: ``LockstepError`` with the code `storeCorrupt`, or `storeTooNew` for a format of a newer release.
    public init(subject: Subject, encoded bytes: [UInt8]) throws(LockstepError) {
        var reader = try RecordReader(bytes)
        self.init(subject: subject)
        for _ in 0..<(try reader.count()) {
            let type = try reader.string()
            let newest = reader.format == 1 ? ClockReading(0) : try reader.reading()
            kinds.append(RecordKind(type: type, newest: newest))
        }
        if reader.format > 1, try reader.count() > 0 { newestDelete = try reader.reading() }
        floor = try reader.vector()
        existence = try reader.register()
        if reader.format == 1 { dateKinds() }
        let count = try reader.count()
        fields.reserveCapacity(count)
        for _ in 0..<count {
            fields.append(Field(name: try reader.string(), register: try reader.register()))
        }
        guard reader.isAtEnd else { throw reader.damaged }
    }

    /// Format 1 had no readings of types and deletes: the newest that they can have.
    private mutating func dateKinds() {
        let newest = existence.context.newest?.reading ?? ClockReading(0)
        for index in kinds.indices { kinds[index].newest = newest }
        newestDelete =
            existence.values.filter { $0.content == nil }.map(\.version.reading).max() ?? ClockReading(0)
    }
}
