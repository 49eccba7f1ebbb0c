import Lockstep
import Testing

/// The canonical serialization, byte by byte: files of earlier releases, and the digests of other offices, rest on it.
struct RecordEncodingTests {
    private static let type = "permit.issued"

    @Test
    func theBytesAreThoseOfTheDocumentation() throws {
        let record = try Sample.record([
            change("0190c5a2b3c40000-core", #"{"b": "x", "a": 1}"#),
            change("0190c5a2b3c40001-ward-3", #"{"b": "y"}"#),
        ])
        let core: [UInt8] = [0, 0x01, 0x90, 0xC5, 0xA2, 0xB3, 0xC4, 0, 0]
        let ward: [UInt8] = [1, 0x01, 0x90, 0xC5, 0xA2, 0xB3, 0xC4, 0, 1]
        var expected: [UInt8] = [2]
        expected += [2, 4] + "core".utf8 + [6] + "ward-3".utf8
        // The type with its newest reading; no delete; no floor.
        expected += [1, 13] + Self.type.utf8 + ward.dropFirst()
        expected += [0]
        expected += [0]
        // Both say that the record exists, and neither had seen the other.
        expected += [2] + core + [5] + "true".utf8 + ward + [5] + "true".utf8 + [0]
        expected += [2]
        expected += [1] + "a".utf8 + [1] + core + [2] + "1".utf8 + [0]
        expected += [1] + "b".utf8 + [2] + core + [4] + #""x""#.utf8 + ward + [4] + #""y""#.utf8 + [0]
        #expect(record.encoded() == expected)
    }

    @Test
    func longTextsManyOriginsAndContextsComeBack() throws {
        var changes: [RecordChange] = []
        for number in 0..<200 {
            let version = "0190c5a2b3c4\(String(0x1000 + number, radix: 16))-office-\(number)"
            let long = String(repeating: "ü", count: number * 50)
            changes.append(try change(version, #"{"note": "\#(long)", "n\#(number % 7)": null}"#))
        }
        // One that has seen half of them, and so leaves a context that is more than its values.
        var last = try change("0190c5a2b3c4ffff-core", #"{"note": "short"}"#)
        last.seen = .everywhere(VersionVector(changes.prefix(100).map(\.version)))
        changes.append(last)
        let record = try Sample.record(changes)
        let bytes = record.encoded()
        let again = try Record(subject: record.subject, encoded: bytes)
        #expect(again == record)
        #expect(again.encoded() == bytes)
    }

    private func change(_ version: String, _ data: String) throws -> RecordChange {
        RecordChange(
            version: try Version(version), data: try JSONObject(parsing: data), type: try EventType(Self.type))
    }

    @Test func aRecordOfTheFirstFormatIsReadAsThatOfTheNextOne() throws {
        var bytes: [UInt8] = [1, 1, 4] + Array("core".utf8)
        bytes += [1, 13] + Array("permit.issued".utf8) + [0]
        let version: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 7]
        bytes += [1] + version + [5] + Array("true".utf8) + [0]
        bytes += [1, 6] + Array("status".utf8) + [1] + version + [9] + Array(#""Issued""#.utf8) + [0]
        let record = try Record(subject: try Subject("permit/1"), encoded: bytes)
        #expect(record == (try Sample.record([Sample.change(7, ["status": "Issued"])])))
        #expect(record.encoded().first == 2)
    }

    @Test func aDeletedRecordOfTheFirstFormatIsCompactedLikeAnyOther() throws {
        var bytes: [UInt8] = [1, 1, 4] + Array("core".utf8)
        bytes += [1, 13] + Array("permit.issued".utf8)
        let version: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 7]
        bytes += [1] + version + [1] + version + [0, 0] + [0]
        let record = try Record(subject: try Subject("permit/1"), encoded: bytes)
        #expect(record == (try Sample.record([Sample.change(7, .delete, [:])])))
        #expect(record.compacted(before: ClockReading(8)).isForgotten)
    }

    @Test func aFormatOfANewerReleaseIsNotTakenForDamage() throws {
        let error = #expect(throws: LockstepError.self) { try Record(subject: try Subject("permit/1"), encoded: [3]) }
        #expect(error?.code == .storeTooNew)
    }
}
