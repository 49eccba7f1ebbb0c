import Lockstep
import LockstepTesting
import Testing

/// What goes through the broker is read as it was written, or refused.
struct DriftCodecTests {
    @Test func questionsAndAnswersAreReadAsTheyWereWritten() throws {
        for question in Self.questions {
            #expect(try DriftCodec.question(from: DriftCodec.bytes(question)) == question)
        }
        for answer in try Self.answers() { #expect(try DriftCodec.answer(from: DriftCodec.bytes(answer)) == answer) }
    }

    @Test func whatWasCutIsRefused() throws {
        for answer in try Self.answers() {
            let bytes = DriftCodec.bytes(answer)
            for end in bytes.indices {
                #expect(throws: LockstepError.self) { try DriftCodec.answer(from: Array(bytes[..<end])) }
            }
        }
        for question in Self.questions {
            let bytes = DriftCodec.bytes(question)
            for end in bytes.indices {
                #expect(throws: LockstepError.self) { try DriftCodec.question(from: Array(bytes[..<end])) }
            }
        }
    }

    @Test func damageCrashesNothing() throws {
        let all = try Self.answers().map(DriftCodec.bytes)
        try forEachSeed(2_000) { _, generator in
            var bytes = all.randomElement(using: &generator) ?? []
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? DriftCodec.answer(from: bytes)
            _ = try? DriftCodec.question(from: bytes)
        }
    }

    @Test func anOfficeSaysWhyItCannotAnswer() throws {
        let error = LockstepError(.storeCorrupt, "the replica is damaged")
        do {
            _ = try DriftCodec.answer(from: DriftCodec.bytes(error))
            Issue.record("it was taken for an answer")
        } catch {
            #expect(error.code == .driftIncomplete && error.message.hasSuffix("the replica is damaged"))
        }
    }

    private static let questions: [DriftQuestion] = [
        .nodes([.root, DriftPrefix(depth: 3, bits: 0xABC)]), .listings([DriftPrefix(depth: 15, bits: 7)]),
        .states([DriftPlace(bits: 1), DriftPlace(bits: 1 << 59)]),
    ]

    private static func answers() throws -> [DriftAnswer] {
        let digest = DriftDigest(count: 300, low: .max, high: 1)
        let record = try Sample.record([Sample.change(1, ["status": "Issued"]), Sample.change(2, .delete, [:])])
        return [
            .nodes([[DriftDigest](repeating: digest, count: 16)]),
            .listings([DriftListing([.init(place: DriftPlace(bits: 5), digest: digest)])]),
            .states([[], [RecordState(record, routes: ["permit.issued.ward-3"]), RecordState(record, routes: nil)]]),
        ]
    }
}
