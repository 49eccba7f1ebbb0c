import Glibc

/// A table's bytes as they came, without their length.
///
/// Received once, read perhaps never: the connection's thread only looks whether they are well formed, and whoever wants
/// the values makes them.
struct EncodedTable {
    /// The entries' bytes.
    let bytes: UnsafeRawBufferPointer

    /// Looks whether every key and value ends where it should, without reading them.
    ///
    /// Values that are nested deeper than a reader goes are passed over by their length.
    /// - Returns: Whether there are such values.
    func validate(depth: Int = 1) throws(WireReader.Malformed) -> Bool {
        var reader = WireReader(bytes)
        var isTooDeep = false
        while !reader.isAtEnd {
            _ = try reader.shortBytes()
            if try reader.passValue(depth: depth) { isTooDeep = true }
        }
        return isTooDeep
    }
}

extension FieldTable {
    /// Makes a table of bytes that came in a frame.
    ///
    /// Tables and arrays that are nested deeper than ``maximumDepth`` become `.void`, and `wasTruncated` is set.
    init(_ encoded: EncodedTable, depth: Int = 1, wasTruncated: inout Bool) throws(WireReader.Malformed) {
        var reader = WireReader(encoded.bytes)
        var received: [Element] = []
        received.reserveCapacity(12)
        while !reader.isAtEnd {
            let key = try reader.shortString()
            received.append((key, try reader.value(depth: depth, wasTruncated: &wasTruncated)))
        }
        self.init(received: received)
    }
}

extension WireReader {
    /// Reads a value: a letter for its kind, and what belongs to it.
    mutating func value(depth: Int, wasTruncated: inout Bool) throws(Malformed) -> FieldValue {
        switch Unicode.Scalar(try octet()) {
        case "t": return .bool(try octet() != 0)
        case "b": return .int(Int64(try integer(Int8.self)))
        case "B": return .int(Int64(try octet()))
        case "s": return .int(Int64(try integer(Int16.self)))
        case "u": return .int(Int64(try short()))
        case "I": return .int(Int64(try integer(Int32.self)))
        case "i": return .int(Int64(try long()))
        case "l": return .int(try integer(Int64.self))
        // RabbitMQ itself has no unsigned 64-bit type; what another broker sends beyond Int64 stays at its end.
        case "L": return .int(Int64(clamping: try longLong()))
        case "f": return .double(Double(Float(bitPattern: try long())))
        case "d": return .double(Double(bitPattern: try longLong()))
        case "D": return .decimal(scale: try octet(), value: try long())
        case "S":
            let bytes = try longBytes()
            return String(validating: bytes).map(FieldValue.string) ?? .bytes([UInt8](bytes))
        case "x": return .bytes([UInt8](try longBytes()))
        case "T": return .timestamp(try longLong())
        case "V": return .void
        case "F":
            let table = EncodedTable(bytes: try longBytes())
            guard depth < FieldTable.maximumDepth else {
                wasTruncated = true
                return .void
            }
            return .table(try FieldTable(table, depth: depth + 1, wasTruncated: &wasTruncated))
        case "A":
            var elements = WireReader(try longBytes())
            guard depth < FieldTable.maximumDepth else {
                wasTruncated = true
                return .void
            }
            var array: [FieldValue] = []
            while !elements.isAtEnd { array.append(try elements.value(depth: depth + 1, wasTruncated: &wasTruncated)) }
            return .array(array)
        default: throw Malformed()
        }
    }

    /// Passes over a value; returns whether it is nested deeper than a reader goes.
    mutating func passValue(depth: Int) throws(Malformed) -> Bool {
        switch Unicode.Scalar(try octet()) {
        case "S", "x": _ = try longBytes()
        case "t", "b", "B": _ = try take(1)
        case "s", "u": _ = try take(2)
        case "I", "i", "f": _ = try take(4)
        case "l", "L", "d", "T": _ = try take(8)
        case "D": _ = try take(5)
        case "V": break
        case "F":
            let table = EncodedTable(bytes: try longBytes())
            return depth < FieldTable.maximumDepth ? try table.validate(depth: depth + 1) : true
        case "A":
            var elements = WireReader(try longBytes())
            guard depth < FieldTable.maximumDepth else { return true }
            var isTooDeep = false
            while !elements.isAtEnd { if try elements.passValue(depth: depth + 1) { isTooDeep = true } }
            return isTooDeep
        default: throw Malformed()
        }
        return false
    }
}

extension String {
    /// Text that anybody may have written; `nil` where it is not UTF-8.
    package init?(validating bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes, as: UTF8.self)
        // What is repaired has other bytes. Faster than to ask first: headers are ASCII, and each message has ten.
        let isUnrepaired = withUTF8 { text in
            guard text.count == bytes.count else { return false }
            guard let made = text.baseAddress, let given = bytes.baseAddress else { return true }
            return memcmp(made, given, bytes.count) == 0
        }
        guard isUnrepaired else { return nil }
    }
}
