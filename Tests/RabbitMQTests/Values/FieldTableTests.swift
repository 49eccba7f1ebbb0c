import LockstepTesting
import Testing

@testable import RabbitMQ

/// By the bytes on the wire.
struct FieldTableTests {
    private func roundTrip(_ table: FieldTable) throws -> (FieldTable, truncated: Bool) {
        try Self.decode(try Self.encode(table))
    }

    private static func encode(_ table: FieldTable) throws -> [UInt8] {
        var writer = WireWriter()
        try table.write(to: &writer)
        return [UInt8](writer.pending)
    }

    private static func decode(_ wire: [UInt8]) throws -> (FieldTable, truncated: Bool) {
        try wire.withUnsafeBytes { wire in
            var reader = WireReader(wire)
            let encoded = EncodedTable(bytes: try reader.longBytes())
            let isTooDeep = try encoded.validate()
            var truncated = false
            let table = try FieldTable(encoded, wasTruncated: &truncated)
            try #require(isTooDeep == truncated, "whoever looks it over says what whoever reads it finds")
            return (table, truncated)
        }
    }

    @Test(
        arguments: [
            .bool(true), .bool(false), .int(0), .int(.min), .int(.max), .double(1.5), .double(-.infinity),
            .decimal(scale: 2, value: 314), .string(""), .string("grün"), .bytes([]), .bytes([0xFF, 0x00]),
            .timestamp(.max), .array([]), .array([1, "two", [3], ["four": 5]]), .table([:]), .table(["a": ["b": true]]),
            .void,
        ] as [FieldValue])
    func valuesComeBackAsTheyWere(value: FieldValue) throws {
        let (table, truncated) = try roundTrip(["key": value, "other": 1])
        #expect(table == ["key": value, "other": 1])
        #expect(!truncated)
    }

    @Test
    func smallerKindsWidenAndStrangeTextsBecomeBytes() throws {
        // Written by hand, as other clients write: I, s (16 bit here), b, B, f, and a string that is not UTF-8.
        var wire: [UInt8] = []
        wire += [1, UInt8(ascii: "I"), UInt8(ascii: "I"), 0xFF, 0xFF, 0xFF, 0xFE]
        wire += [1, UInt8(ascii: "s"), UInt8(ascii: "s"), 0xFF, 0xFD]
        wire += [1, UInt8(ascii: "b"), UInt8(ascii: "b"), 0x80]
        wire += [1, UInt8(ascii: "B"), UInt8(ascii: "B"), 0x80]
        wire += [1, UInt8(ascii: "f"), UInt8(ascii: "f"), 0x3F, 0x80, 0, 0]
        wire += [1, UInt8(ascii: "S"), UInt8(ascii: "S"), 0, 0, 0, 2, 0xC3, 0x28]
        let (table, _) = try Self.decode([0, 0, 0, UInt8(wire.count)] + wire)
        #expect(table == ["I": -2, "s": -3, "b": -128, "B": 128, "f": 1.0, "S": .bytes([0xC3, 0x28])])
    }

    @Test
    func cutsWhatIsNestedTooDeep() throws {
        // On whatever stack a test has: nobody recurses over what is too deep.
        let (table, truncated) = try Self.decode(Self.nested(20_000))
        #expect(truncated)
        var found = 0
        var current: FieldTable? = table
        while let next = current?["a"]?.table {
            found += 1
            current = next
        }
        #expect(found == FieldTable.maximumDepth - 1)
        #expect(current?["a"] == .void)
    }

    /// `{a: {a: {a: … {}}}}`, written from the inside out.
    private static func nested(_ depth: Int) -> [UInt8] {
        var reversed: [UInt8] = [0, 0, 0, 0]
        var size = 0
        for _ in 0..<depth {
            // In reverse: the length of this table, then its one key and kind in front of the inner table.
            reversed += [UInt8(ascii: "F"), UInt8(ascii: "a"), 1]
            size += 3 + 4
            let length = UInt32(size)
            reversed += [
                UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8),
                UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 24),
            ]
        }
        return reversed.reversed()
    }

    @Test
    func refusesToPublishWhatIsNestedTooDeep() {
        var table: FieldTable = ["leaf": 1]
        for _ in 0..<FieldTable.maximumDepth { table = ["a": .table(table)] }
        #expect(throws: RabbitMQError.self) { try Self.encode(table) }
    }

    @Test
    func refusesKeysThatAreTooLong() {
        let table = FieldTable([(String(repeating: "k", count: 256), .int(1))])
        #expect(throws: RabbitMQError.self) { try Self.encode(table) }
    }

    @Test
    func randomTablesComeBackAsTheyWere() throws {
        try forEachSeed(500) { _, generator in
            let table = Self.table(depth: 4, using: &generator)
            let (back, truncated) = try roundTrip(table)
            try #require(back == table)
            try #require(!truncated)
        }
    }

    private static func table(depth: Int, using generator: inout SeededGenerator) -> FieldTable {
        var table = FieldTable()
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            table["k\(Int.random(in: 0...99, using: &generator))"] = value(depth: depth, using: &generator)
        }
        return table
    }

    private static func value(depth: Int, using generator: inout SeededGenerator) -> FieldValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 8), using: &generator) {
        case 0: .bool(generator.chance(0.5))
        case 1: .int(Int64.random(in: .min ... .max, using: &generator))
        case 2: .double(Double.random(in: -1e9...1e9, using: &generator))
        case 3: .decimal(scale: 3, value: UInt32.random(in: 0 ... .max, using: &generator))
        case 4: .string(String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36))
        case 5: .bytes((0..<4).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
        case 6: .timestamp(UInt64.random(in: 0 ... .max, using: &generator))
        case 7: .void
        case 8: .table(table(depth: depth - 1, using: &generator))
        default: .array((0..<3).map { _ in value(depth: depth - 1, using: &generator) })
        }
    }
}
