import CRabbitMQ

extension FieldTable {
    /// Writes the table into the arena.
    ///
    /// - Throws: ``RabbitMQError`` where a key is too long or the nesting too deep.
    func encoded(in arena: borrowing Arena, depth: Int = 1) throws -> amqp_table_t {
        guard depth <= Self.maximumDepth else { throw RabbitMQError.nestedTooDeep }
        if isEmpty { return amqp_table_t() }
        let entries = arena.allocate(count, of: amqp_table_entry_t.self)
        var index = 0
        for (key, value) in self {
            let entry = amqp_table_entry_t(
                key: arena.bytes(try ShortString.checked(key, as: "header or argument name")),
                value: try value.encoded(in: arena, depth: depth))
            (entries + index).initialize(to: entry)
            index += 1
        }
        return amqp_table_t(num_entries: Int32(count), entries: entries)
    }
}

extension FieldValue {
    fileprivate func encoded(in arena: borrowing Arena, depth: Int) throws -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch self {
        case .bool(let value): field.set(AMQP_FIELD_KIND_BOOLEAN) { $0.boolean = value ? 1 : 0 }
        case .int(let value): field.set(AMQP_FIELD_KIND_I64) { $0.i64 = value }
        case .double(let value): field.set(AMQP_FIELD_KIND_F64) { $0.f64 = value }
        case .decimal(let scale, let value):
            field.set(AMQP_FIELD_KIND_DECIMAL) { $0.decimal = amqp_decimal_t(decimals: scale, value: value) }
        case .string(let value): field.set(AMQP_FIELD_KIND_UTF8) { $0.bytes = arena.bytes(value) }
        case .bytes(let value): field.set(AMQP_FIELD_KIND_BYTES) { $0.bytes = arena.bytes(value) }
        case .timestamp(let value): field.set(AMQP_FIELD_KIND_TIMESTAMP) { $0.u64 = value }
        case .array(let elements):
            guard depth < FieldTable.maximumDepth else { throw RabbitMQError.nestedTooDeep }
            let entries = arena.allocate(elements.count, of: amqp_field_value_t.self)
            for (index, element) in elements.enumerated() {
                (entries + index).initialize(to: try element.encoded(in: arena, depth: depth + 1))
            }
            field.set(AMQP_FIELD_KIND_ARRAY) {
                $0.array = amqp_array_t(num_entries: Int32(elements.count), entries: entries)
            }
        case .table(let table):
            let encoded = try table.encoded(in: arena, depth: depth + 1)
            field.set(AMQP_FIELD_KIND_TABLE) { $0.table = encoded }
        case .void: field.kind = UInt8(AMQP_FIELD_KIND_VOID.rawValue)
        }
        return field
    }
}

extension amqp_field_value_t {
    fileprivate typealias Value = amqp_field_value_t.__Unnamed_union_value

    fileprivate mutating func set(_ kind: amqp_field_value_kind_t, _ assign: (inout Value) -> Void) {
        self.kind = UInt8(kind.rawValue)
        assign(&value)
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
