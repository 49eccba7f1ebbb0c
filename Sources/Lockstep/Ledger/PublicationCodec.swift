/// Writes and reads what publishers report: a JSON object for each batch.
///
/// ```json
/// {"accepted":"2026-03-01T08:00:00Z","at":"2026-03-01T08:00:00.004Z","publications":[
///   {"event":"0195…","source":"core","type":"permit.issued","scope":"ward-3","subject":"permit/24-1",
///    "version":"0190c5a2b3c40000-core","outcome":"confirmed"},
///   {"event":"0195…","source":"core","type":"permit.issued","subject":"permit/24-2",
///    "version":"0190c5a2b3c40001-core","outcome":"refused","reason":"a queue is full"}]}
/// ```
///
/// `scope` is left out where the event has none; an event that waited in an outbox has its own `accepted`. Readers pass over names that they do not know.
public enum PublicationCodec {
    /// Writes a report.
    public static func json(_ report: PublicationReport) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(120 + report.entries.count * 240)
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("accepted", report.acceptedAt.rfc3339, to: &output)
        ReportJSON.append("at", report.at.rfc3339, to: &output)
        output.append(contentsOf: "\"publications\":[".utf8)
        for entry in report.entries { append(entry, to: &output) }
        if !report.entries.isEmpty { output.removeLast() }
        output.append(contentsOf: "]}".utf8)
        return output
    }

    private static func append(_ entry: PublicationReport.Entry, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        ReportJSON.append("event", entry.event.text, to: &output)
        ReportJSON.append("source", entry.source.text, to: &output)
        ReportJSON.append("type", entry.type.text, to: &output)
        if let scope = entry.scope { ReportJSON.append("scope", scope.text, to: &output) }
        ReportJSON.append("subject", entry.subject.text, to: &output)
        ReportJSON.append("version", entry.version.description, to: &output)
        if let moment = entry.acceptedAt { ReportJSON.append("accepted", moment.rfc3339, to: &output) }
        switch entry.outcome {
        case .confirmed: ReportJSON.append("outcome", confirmed, to: &output)
        case .unrouted: ReportJSON.append("outcome", unrouted, to: &output)
        case .refused(let reason):
            ReportJSON.append("outcome", refused, to: &output)
            ReportJSON.append("reason", reason, to: &output)
        }
        output.removeLast()
        output.append(contentsOf: "},".utf8)
    }

    private static let confirmed = "confirmed"
    private static let unrouted = "unrouted"
    private static let refused = "refused"

    /// Reads a report.
    ///
    /// - Throws: ``LockstepError``: `invalidJSON`, or `invalidReceipt` with what is missing or wrong.
    public static func report(fromJSON bytes: [UInt8]) throws(LockstepError) -> PublicationReport {
        let object = try JSONObject(parsing: bytes)
        guard let elements = object["publications"]?.elements else { throw ReportJSON.invalid("publications") }
        var entries: [PublicationReport.Entry] = []
        for element in elements {
            entries.append(try entry(from: try JSONObject(parsing: element.text)))
        }
        return PublicationReport(
            acceptedAt: try ReportJSON.time("accepted", of: object),
            at: try ReportJSON.time("at", of: object),
            entries: entries
        )
    }

    private static func entry(from object: JSONObject) throws(LockstepError) -> PublicationReport.Entry {
        PublicationReport.Entry(
            event: try EventID(try ReportJSON.text("event", of: object)),
            source: try Origin(try ReportJSON.text("source", of: object)),
            type: try EventType(try ReportJSON.text("type", of: object)),
            scope: object["scope"] == nil ? nil : try Scope(try ReportJSON.text("scope", of: object)),
            subject: try Subject(try ReportJSON.text("subject", of: object)),
            version: try Version(try ReportJSON.text("version", of: object)),
            outcome: try outcome(of: object),
            acceptedAt: object["accepted"] == nil ? nil : try ReportJSON.time("accepted", of: object)
        )
    }

    private static func outcome(of object: JSONObject) throws(LockstepError) -> PublishOutcome {
        switch try ReportJSON.text("outcome", of: object) {
        case confirmed: .confirmed
        case unrouted: .unrouted
        case refused: .refused(try ReportJSON.text("reason", of: object))
        default: throw ReportJSON.invalid("outcome")
        }
    }
}
