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
        var writer = ReceiptWriter(office: batch.office, at: batch.at, most: batch.receipts.count)
        for receipt in batch.receipts {
            writer.append(
                receipt.event, receipt.subject, receipt.version, receipt.outcome, attempt: receipt.attempt)
        }
        return writer.finish()
    }

    static let waiting = "waiting"
    static let dead = "dead"

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
