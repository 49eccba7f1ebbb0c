/// Writes what an office reports of a batch, one receipt after the other; see ``ReceiptCodec`` for the form.
///
/// Each event that an office applies is reported, so no receipt is made of it first.
struct ReceiptWriter {
    /// How many receipts have been written.
    private(set) var count = 0
    private var output: [UInt8] = []

    /// A writer with room for so many receipts of the usual size.
    init(office: OfficeName, at moment: Timestamp, most: Int) {
        output.reserveCapacity(100 + most * 160)
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("office", office.text, to: &output)
        ReportJSON.append("at", moment.rfc3339, to: &output)
        output.append(contentsOf: "\"receipts\":[".utf8)
    }

    /// Adds what became of an event.
    mutating func append(
        _ event: EventID, _ subject: Subject, _ version: Version, _ outcome: Receipt.Outcome, attempt: Int
    ) {
        if count > 0 { output.append(UInt8(ascii: ",")) }
        count += 1
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("event", event.text, to: &output)
        ReportJSON.append("subject", subject.text, to: &output)
        ReportJSON.append("version", version.description, to: &output)
        if attempt != 1 { output.append(contentsOf: "\"attempt\":\(attempt),".utf8) }
        switch outcome {
        case .done(let outcome):
            ReportJSON.append("outcome", outcome.rawValue, to: &output)
        case .waiting(let until, let reason):
            ReportJSON.append("outcome", ReceiptCodec.waiting, to: &output)
            ReportJSON.append("until", until.rfc3339, to: &output)
            ReportJSON.append("reason", reason, to: &output)
        case .dead(let reason):
            ReportJSON.append("outcome", ReceiptCodec.dead, to: &output)
            ReportJSON.append("reason", reason, to: &output)
        }
        output[output.count - 1] = UInt8(ascii: "}")
    }

    /// Ends the report; it takes no more then.
    mutating func finish() -> [UInt8] {
        output.append(contentsOf: "]}".utf8)
        return output
    }
}
