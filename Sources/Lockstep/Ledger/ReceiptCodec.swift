/// Writes and reads what offices report: a JSON object for each batch.
///
/// ```json
/// {"office":"ward-3","at":"2026-03-01T08:00:00.25Z","receipts":[
///   {"event":"0195…","subject":"permit/24-1","version":"0190c5a2b3c40000-core","outcome":"applied"},
///   {"event":"0195…","subject":"permit/24-2","version":"0190c5a2b3c40001-core","outcome":"waiting","attempt":2,
///    "until":"2026-03-01T08:00:30Z","reason":"the office is down"}]}
/// ```
///
/// `attempt` is left out where it is 1. Readers pass over names that they do not know.
public enum ReceiptCodec {
    /// Writes a batch.
    public static func json(_ batch: ReceiptBatch) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(100 + batch.receipts.count * 160)
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("office", batch.office.text, to: &output)
        ReportJSON.append("at", batch.at.rfc3339, to: &output)
        output.append(contentsOf: "\"receipts\":[".utf8)
        for receipt in batch.receipts { append(receipt, to: &output) }
        if !batch.receipts.isEmpty { output.removeLast() }
        output.append(contentsOf: "]}".utf8)
        return output
    }

    private static func append(_ receipt: Receipt, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("event", receipt.event.text, to: &output)
        ReportJSON.append("subject", receipt.subject.text, to: &output)
        ReportJSON.append("version", receipt.version.description, to: &output)
        if receipt.attempt != 1 { output.append(contentsOf: "\"attempt\":\(receipt.attempt),".utf8) }
        switch receipt.outcome {
        case .done(let outcome):
            ReportJSON.append("outcome", outcome.rawValue, to: &output)
        case .waiting(let until, let reason):
            ReportJSON.append("outcome", waiting, to: &output)
            ReportJSON.append("until", until.rfc3339, to: &output)
            ReportJSON.append("reason", reason, to: &output)
        case .dead(let reason):
            ReportJSON.append("outcome", dead, to: &output)
            ReportJSON.append("reason", reason, to: &output)
        }
        output.removeLast()
        output.append(contentsOf: "},".utf8)
    }

    private static let waiting = "waiting"
    private static let dead = "dead"

    /// Reads a batch.
    ///
    /// - Throws: ``LockstepError``: `invalidJSON`, or `invalidReceipt` with what is missing or wrong.
    public static func batch(fromJSON bytes: [UInt8]) throws(LockstepError) -> ReceiptBatch {
        let object = try JSONObject(parsing: bytes)
        var receipts: [Receipt] = []
        guard let elements = object["receipts"]?.elements else { throw ReportJSON.invalid("receipts") }
        for element in elements {
            receipts.append(try receipt(from: try JSONObject(parsing: element.text)))
        }
        return ReceiptBatch(
            office: try OfficeName(try ReportJSON.text("office", of: object)),
            at: try ReportJSON.time("at", of: object),
            receipts: receipts
        )
    }

    private static func receipt(from object: JSONObject) throws(LockstepError) -> Receipt {
        var attempt = 1
        if let own = object["attempt"] {
            guard let number = Int(own.text), number > 0 else { throw ReportJSON.invalid("attempt") }
            attempt = number
        }
        return Receipt(
            event: try EventID(try ReportJSON.text("event", of: object)),
            subject: try Subject(try ReportJSON.text("subject", of: object)),
            version: try Version(try ReportJSON.text("version", of: object)),
            outcome: try outcome(of: object),
            attempt: attempt
        )
    }

    private static func outcome(of object: JSONObject) throws(LockstepError) -> Receipt.Outcome {
        let name = try ReportJSON.text("outcome", of: object)
        switch name {
        case waiting:
            return .waiting(
                until: try ReportJSON.time("until", of: object), reason: try ReportJSON.text("reason", of: object))
        case dead: return .dead(reason: try ReportJSON.text("reason", of: object))
        default:
            guard let outcome = MergeOutcome(rawValue: name) else { throw ReportJSON.invalid("outcome") }
            return .done(outcome)
        }
    }
}
