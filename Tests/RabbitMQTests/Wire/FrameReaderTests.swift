import LockstepTesting
import Testing

@testable import RabbitMQ

struct FrameReaderTests {
    private static func frame(_ kind: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        let size = withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) }
        return [kind, UInt8(channel >> 8), UInt8(truncatingIfNeeded: channel)] + size + payload + [EncodedFrame.end]
    }

    /// What a reader makes of bytes that come in pieces.
    private static func frames(
        of bytes: [UInt8], in pieces: [Int], frameMax: Int = 4_096
    ) throws -> [[UInt8]] {
        var reader = FrameReader(frameMax: frameMax)
        var frames: [[UInt8]] = []
        var rest = bytes[...]
        var pieces = pieces[...]
        while !rest.isEmpty {
            let room = reader.room()
            let piece = rest.prefix(min(pieces.popFirst() ?? rest.count, room.count))
            room.copyBytes(from: piece)
            reader.filled(piece.count)
            rest = rest.dropFirst(piece.count)
            while let frame = try reader.next() {
                frames.append([frame.kind, UInt8(truncatingIfNeeded: frame.channel)] + frame.payload)
            }
        }
        let isInFrame = reader.isInFrame
        #expect(!isInFrame)
        return frames
    }

    @Test
    func findsFramesWhereverTheyAreCut() throws {
        let bytes = Self.frame(1, 5, [1, 2, 3]) + Self.frame(8, 0, []) + Self.frame(3, 258, [9])
        let expected: [[UInt8]] = [[1, 5, 1, 2, 3], [8, 0], [3, 2, 9]]
        for cut in 0...bytes.count { #expect(try Self.frames(of: bytes, in: [cut]) == expected) }
        #expect(try Self.frames(of: bytes, in: Array(repeating: 1, count: bytes.count)) == expected)
    }

    /// More than its memory holds, in pieces of any size.
    @Test
    func findsAllFramesOfRandomStreams() throws {
        try forEachSeed(100) { _, generator in
            var bytes: [UInt8] = []
            var expected: [[UInt8]] = []
            while bytes.count < 600_000 {
                let size = generator.chance(0.2) ? 4_088 : Int.random(in: 0...300, using: &generator)
                let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: expected.count), count: size)
                bytes += Self.frame(3, 7, payload)
                expected.append([3, 7] + payload)
            }
            let largest = generator.chance(0.5) ? 3_000 : 200_000
            let pieces = (0..<2_000).map { _ in Int.random(in: 1...largest, using: &generator) }
            try #require(try Self.frames(of: bytes, in: pieces) == expected)
        }
    }

    @Test
    func takesAFrameOfTheAgreedSizeAndNoLargerOne() throws {
        #expect(try Self.frames(of: Self.frame(3, 1, [UInt8](repeating: 1, count: 4_088)), in: []).count == 1)
        #expect(throws: RabbitMQError.self) {
            try Self.frames(of: Self.frame(3, 1, [UInt8](repeating: 1, count: 4_089)), in: [])
        }
    }

    @Test
    func refusesAFrameThatDoesNotEndWhereItSays() {
        var bytes = Self.frame(1, 1, [1, 2, 3])
        bytes[bytes.count - 1] = 0xCF
        #expect(throws: RabbitMQError.self) { try Self.frames(of: bytes, in: []) }
    }
}
