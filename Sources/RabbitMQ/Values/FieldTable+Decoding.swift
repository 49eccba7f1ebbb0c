import CRabbitMQ

extension FieldTable {
    /// Copies a table out of librabbitmq's memory.
    ///
    /// Tables and arrays that are nested deeper than ``maximumDepth`` become `.void`, and `wasTruncated` is set.
    init(_ table: amqp_table_t, depth: Int = 1, wasTruncated: inout Bool) {
        let entries = UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        var received: [Element] = []
        received.reserveCapacity(entries.count)
        for entry in entries {
            let value = FieldValue(entry.value, depth: depth, wasTruncated: &wasTruncated)
            received.append((String(entry.key), value))
        }
        self.init(received: received)
    }
}

extension FieldValue {
    fileprivate init(_ field: amqp_field_value_t, depth: Int, wasTruncated: inout Bool) {
        let value = field.value
        switch amqp_field_value_kind_t(UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .int(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .int(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .int(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .int(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .int(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .int(value.i64)
        // RabbitMQ itself has no unsigned 64-bit type; what another broker sends beyond Int64 stays at its end.
        case AMQP_FIELD_KIND_U64: self = .int(Int64(clamping: value.u64))
        case AMQP_FIELD_KIND_F32: self = .double(Double(value.f32))
        case AMQP_FIELD_KIND_F64: self = .double(value.f64)
        case AMQP_FIELD_KIND_DECIMAL: self = .decimal(scale: value.decimal.decimals, value: value.decimal.value)
        case AMQP_FIELD_KIND_UTF8:
            self = String(validating: value.bytes).map(Self.string) ?? .bytes([UInt8](value.bytes))
        case AMQP_FIELD_KIND_BYTES: self = .bytes([UInt8](value.bytes))
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(value.u64)
        case AMQP_FIELD_KIND_TABLE, AMQP_FIELD_KIND_ARRAY:
            guard depth < FieldTable.maximumDepth else {
                wasTruncated = true
                self = .void
                return
            }
            if field.kind == UInt8(AMQP_FIELD_KIND_TABLE.rawValue) {
                self = .table(FieldTable(value.table, depth: depth + 1, wasTruncated: &wasTruncated))
            } else {
                let elements = UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries))
                self = .array(elements.map { FieldValue($0, depth: depth + 1, wasTruncated: &wasTruncated) })
            }
        default:
            // The library refuses kinds that it does not know, so only "no value" is left.
            self = .void
        }
    }
}
