import LockstepTesting
import Testing

@testable import RabbitMQ

struct FrameWriterTests {
    private static func publication(body: [UInt8], headers: FieldTable = [:]) -> Publication {
        Publication(
            Message(body: body, properties: MessageProperties(headers: headers, messageID: "m")), to: "exchange",
            routingKey: "a.key")
    }

    /// The frames in what was written, by kind and payload.
    private static func frames(in bytes: [UInt8], frameMax: Int) throws -> [(kind: UInt8, payload: [UInt8])] {
        var reader = FrameReader(frameMax: frameMax)
        var frames: [(kind: UInt8, payload: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let room = reader.room()
            let piece = rest.prefix(room.count)
            room.copyBytes(from: piece)
            reader.filled(piece.count)
            rest = rest.dropFirst(piece.count)
            while let frame = try reader.next() { frames.append((frame.kind, Array(frame.payload))) }
        }
        return frames
    }

    /// Around the size of a frame, where a body's last one may be full or would be empty.
    @Test(arguments: [0, 1, 4_087, 4_088, 4_089, 8_176, 8_177])
    func splitsABodyIntoFramesOfTheAgreedSize(size: Int) throws {
        var writer = FrameWriter(frameMax: 4_096)
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try writer.publish(Self.publication(body: body), on: 3)
        let frames = try Self.frames(in: Array(writer.out.pending), frameMax: 4_096)
        #expect(frames.map(\.kind).prefix(2) == [EncodedFrame.method, EncodedFrame.header])
        let bodies = frames.dropFirst(2)
        #expect(bodies.allSatisfy { $0.kind == EncodedFrame.body && !$0.payload.isEmpty })
        #expect(bodies.count == (size + 4_087) / 4_088)
        #expect(bodies.flatMap(\.payload) == body)
    }

    @Test
    func whatCannotBeWrittenLeavesNothingBehind() throws {
        var writer = FrameWriter(frameMax: 4_096)
        try writer.publish(Self.publication(body: [1]), on: 3)
        let before = Array(writer.out.pending)
        let large = Self.publication(body: [2], headers: ["h": .string(String(repeating: "x", count: 5_000))])
        #expect(throws: RabbitMQError.self) { try writer.publish(large, on: 3) }
        let nested = Self.publication(body: [2], headers: [String(repeating: "k", count: 300): 1])
        #expect(throws: RabbitMQError.self) { try writer.publish(nested, on: 3) }
        #expect(Array(writer.out.pending) == before)
    }

    /// Sent in pieces while more is written; each byte once and in order.
    @Test
    func keepsTheOrderOverRandomSends() throws {
        try forEachSeed(200) { _, generator in
            var writer = FrameWriter(frameMax: 4_096)
            var sent: [UInt8] = []
            var expected: [UInt8] = []
            for number in 0..<60 {
                let size = generator.chance(0.1) ? 400_000 : Int.random(in: 0...5_000, using: &generator)
                let body = [UInt8](repeating: UInt8(number), count: size)
                try writer.publish(Self.publication(body: body), on: 1)
                expected += body
                while generator.chance(0.6), !writer.out.isEmpty {
                    let count = Int.random(in: 1...writer.out.pending.count, using: &generator)
                    sent += writer.out.pending.prefix(count)
                    writer.out.consume(count)
                }
            }
            sent += writer.out.pending
            let frames = try Self.frames(in: sent, frameMax: 4_096)
            try #require(frames.filter { $0.kind == EncodedFrame.body }.flatMap(\.payload) == expected)
        }
    }
}
