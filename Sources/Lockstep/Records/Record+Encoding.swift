extension Record {
    /// The one canonical serialization: equal records give equal bytes, on every machine.
    ///
    /// A format byte, the origins that occur (sorted; later named by their index), the event types with their newest
    /// readings, the newest `delete` if any, the floor, the register of existence, and the fields by name. Numbers are
    /// LEB128, clock readings eight bytes, most significant first.
    public func encoded() -> [UInt8] {
        var origins: [Origin] = []
        let size = measure(collecting: &origins)
        return [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            var writer = RecordWriter(into: memory, origins: origins)
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
    private func measure(collecting origins: inout [Origin]) -> Int {
        var size = 1 + 4 * RecordWriter.longestNumber + 8 + RecordWriter.size(of: floor)
        for kind in kinds { size += RecordWriter.size(of: kind.type) + 8 }
        for entry in floor.entries { Self.insert(entry.origin, into: &origins) }
        size += RecordWriter.size(of: existence)
        existence.forEachOrigin { Self.insert($0, into: &origins) }
        for index in fields.indices {
            size += RecordWriter.size(of: fields[index].name) + RecordWriter.size(of: fields[index].register)
            fields[index].register.forEachOrigin { Self.insert($0, into: &origins) }
        }
        for origin in origins { size += RecordWriter.size(of: origin.text) }
        return size
    }

    private static func insert(_ origin: Origin, into origins: inout [Origin]) {
        // Records know few origins, and neighbours mostly the same one.
        if origins.contains(origin) { return }
        origins.insert(origin, at: origins.firstIndex { origin < $0 } ?? origins.endIndex)
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
