extension Record {
    /// The one canonical serialization: equal records give equal bytes, on every machine.
    ///
    /// A format byte, the origins that occur (sorted; later named by their index), the event types, the floor, the
    /// register of existence, and the fields by name. Numbers are LEB128, clock readings eight bytes, most significant
    /// first.
    public func encoded() -> [UInt8] {
        var origins: [Origin] = []
        collectOrigins(into: &origins)
        return [UInt8](unsafeUninitializedCapacity: sizeOfEncoding(naming: origins)) { memory, count in
            var writer = RecordWriter(into: memory, origins: origins)
            writer.append(types.count)
            for type in types { writer.append(type) }
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
        var size = 1 + 3 * RecordWriter.longestNumber
        for origin in origins { size += RecordWriter.size(of: origin.text) }
        for type in types { size += RecordWriter.size(of: type) }
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
        for _ in 0..<(try reader.count()) { types.append(try reader.string()) }
        floor = try reader.vector()
        existence = try reader.register()
        let count = try reader.count()
        fields.reserveCapacity(count)
        for _ in 0..<count {
            fields.append(Field(name: try reader.string(), register: try reader.register()))
        }
        guard reader.isAtEnd else { throw reader.damaged }
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
