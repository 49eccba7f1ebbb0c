extension Record {
    /// The one canonical serialization: equal records give equal bytes, on every machine.
    ///
    /// A format byte, the origins that occur (sorted; later named by their index), the event types with their newest
    /// readings, the newest `delete` if any, the floor, the register of existence, and the fields by name. Numbers are
    /// LEB128, clock readings eight bytes, most significant first.
    public func encoded() -> [UInt8] {
        var origins: [Origin] = []
        collectOrigins(into: &origins)
        return [UInt8](unsafeUninitializedCapacity: sizeOfEncoding(naming: origins)) { memory, count in
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
            for field in fields {
                writer.append(field.name)
                writer.append(field.register)
            }
            count = writer.count
        }
    }

    /// At least as many bytes as the serialization takes.
    private func sizeOfEncoding(naming origins: [Origin]) -> Int {
        var size = 1 + 4 * RecordWriter.longestNumber + 8
        for origin in origins { size += RecordWriter.size(of: origin.text) }
        for kind in kinds { size += RecordWriter.size(of: kind.type) + 8 }
        size += RecordWriter.size(of: floor) + RecordWriter.size(of: existence)
        for field in fields { size += RecordWriter.size(of: field.name) + RecordWriter.size(of: field.register) }
        return size
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

    private func collectOrigins(into origins: inout [Origin]) {
        func insert(_ origin: Origin) {
            // Records know few origins, and neighbours mostly the same one.
            if origins.contains(origin) { return }
            origins.insert(origin, at: origins.firstIndex { origin < $0 } ?? origins.endIndex)
        }
        func insert(_ register: Register) {
            if let only = register.only { return insert(only.version.origin) }
            for entry in register.context.entries { insert(entry.origin) }
        }
        for entry in floor.entries { insert(entry.origin) }
        insert(existence)
        for field in fields { insert(field.register) }
    }
}
