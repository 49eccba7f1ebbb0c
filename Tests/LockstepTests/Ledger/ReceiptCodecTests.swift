import Lockstep
import Testing

struct ReceiptCodecTests {
    private static func batch() throws -> ReceiptBatch {
        let version = try Version("0190c5a2b3c40001-core")
        func receipt(_ name: String, _ outcome: Receipt.Outcome, attempt: Int = 1) throws -> Receipt {
            Receipt(
                event: try EventID(name), subject: try Subject("permit/\"24\""), version: version, outcome: outcome,
                attempt: attempt)
        }
        let until = Timestamp(microseconds: 1_720_000_030_000_000)
        return ReceiptBatch(
            office: try OfficeName("ward-3"), at: Timestamp(microseconds: 1_720_000_000_250_000),
            receipts: try MergeOutcome.allCases.map { try receipt("e-\($0)", .done($0)) } + [
                try receipt("later", .waiting(until: until, reason: "down, \u{1}\n"), attempt: 7),
                try receipt("dead", .dead(reason: "tab\there"), attempt: 12),
            ])
    }

    @Test
    func everyOutcomeComesBackAsItWas() throws {
        let batch = try Self.batch()
        #expect(try ReceiptCodec.batch(fromJSON: ReceiptCodec.json(batch)) == batch)
        #expect(throws: Never.self) { try JSONObject(parsing: ReceiptCodec.json(batch)) }
    }

    @Test
    func anEmptyBatchComesBack() throws {
        let batch = ReceiptBatch(office: try OfficeName("a"), at: Timestamp(microseconds: 0), receipts: [])
        #expect(try ReceiptCodec.batch(fromJSON: ReceiptCodec.json(batch)) == batch)
    }

    @Test
    func namesOfLaterReleasesArePassedOver() throws {
        let json = """
            {"office":"a","at":"2026-03-01T08:00:00Z","more":1,"receipts":[{"event":"e","subject":"s","new":{},
             "version":"0190c5a2b3c40000-core","outcome":"applied"}]}
            """
        #expect(try ReceiptCodec.batch(fromJSON: Array(json.utf8)).receipts.map(\.event.text) == ["e"])
    }

    @Test(arguments: [
        ("office", "office"), ("receipts", "receipts"), ("\"at\"", "at"), ("version", "version"),
        ("outcome", "outcome"), ("until", "until"), ("reason", "reason"),
    ])
    func whatIsMissingIsNamed(member: String, name: String) throws {
        let json = String(decoding: ReceiptCodec.json(try Self.batch()), as: UTF8.self)
        let broken = json.replacing(member, with: member == "\"at\"" ? "\"xx\"" : "xx")
        let error = #expect(throws: LockstepError.self) { try ReceiptCodec.batch(fromJSON: Array(broken.utf8)) }
        #expect(error?.code == .invalidReceipt)
        #expect(error?.message.contains("'\(name)'") == true)
    }

    @Test(arguments: ["{", "[]", "{\"office\":\"A B\",\"at\":\"2026-03-01T08:00:00Z\",\"receipts\":[]}"])
    func whatIsNoneIsRefused(json: String) {
        #expect(throws: LockstepError.self) { try ReceiptCodec.batch(fromJSON: Array(json.utf8)) }
    }
}
