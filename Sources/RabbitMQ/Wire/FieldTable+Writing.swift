extension FieldTable {
    /// Writes the table: its length, then each key, kind and value (AMQP 0-9-1, 4.2.5.5, with RabbitMQ's errata).
    ///
    /// - Throws: ``RabbitMQError`` where a key is too long or the nesting too deep.
    func write(to writer: inout WireWriter, depth: Int = 1) throws {
        guard depth <= Self.maximumDepth else { throw RabbitMQError.nestedTooDeep }
        try writer.lengthPrefixed { writer in
            for (key, value) in self {
                writer.shortString(try ShortString.checked(key, as: "header or argument name"))
                try value.write(to: &writer, depth: depth)
            }
        }
    }
}

extension FieldValue {
    fileprivate func write(to writer: inout WireWriter, depth: Int) throws {
        switch self {
        case .bool(let value):
            writer.kind("t")
            writer.octet(value ? 1 : 0)
        case .int(let value):
            writer.kind("l")
            writer.integer(value)
        case .double(let value):
            writer.kind("d")
            writer.longLong(value.bitPattern)
        case .decimal(let scale, let value):
            writer.kind("D")
            writer.octet(scale)
            writer.long(value)
        case .string(let value):
            writer.kind("S")
            writer.longString(value)
        case .bytes(let value):
            writer.kind("x")
            writer.long(UInt32(value.count))
            value.withUnsafeBytes { writer.raw($0) }
        case .timestamp(let value):
            writer.kind("T")
            writer.longLong(value)
        case .array(let elements):
            guard depth < FieldTable.maximumDepth else { throw RabbitMQError.nestedTooDeep }
            writer.kind("A")
            try writer.lengthPrefixed { writer in
                for element in elements { try element.write(to: &writer, depth: depth + 1) }
            }
        case .table(let table):
            writer.kind("F")
            try table.write(to: &writer, depth: depth + 1)
        case .void:
            writer.kind("V")
        }
    }
}

extension WireWriter {
    fileprivate mutating func kind(_ letter: Unicode.Scalar) { octet(UInt8(ascii: letter)) }

    /// Writes four bytes of length, and then what they count.
    fileprivate mutating func lengthPrefixed(_ body: (inout WireWriter) throws -> Void) rethrows {
        let mark = mark
        long(0)
        try body(&self)
        patch(UInt32(count(since: mark) - 4), at: mark)
    }
}

extension RabbitMQError {
    static var nestedTooDeep: RabbitMQError {
        RabbitMQError(
            .headersTooLarge,
            "A header or argument is nested deeper than \(FieldTable.maximumDepth) tables and arrays. "
                + "Nothing was sent. Put nested data into the body.")
    }
}
