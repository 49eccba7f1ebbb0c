import Crypto
import Lockstep
import LockstepSQLite

/// What makes a changed or missing report show: a digest of what it says, and of the report before.
///
/// Digests are SHA-256 in hexadecimal digits, of JSON in its canonical form: members sorted, no blanks.
struct ReportSeal: Encodable, Sendable, Hashable {
    /// Which report of its register it is, from 1.
    var number: Int
    /// When it was made (RFC 3339).
    var made: String
    /// How it was written: `text`, `csv`, `html` or `json`.
    var form: String
    /// The digest of what it says.
    var content: String
    /// The digest of the report before; null: it is the first one.
    @OrNull var previous: String?
    /// The digest of the members above.
    var digest: String

    init(number: Int, made: Timestamp, form: ReportForm, content: String, previous: String?) {
        self.number = number
        self.made = made.rfc3339
        self.form = form.rawValue
        self.content = content
        digest = ""
        self.previous = previous
        digest = expectedDigest
    }

    init(_ entry: RegisteredReport) {
        number = entry.number
        made = entry.made.rfc3339
        form = entry.form
        content = entry.content
        digest = entry.digest
        previous = entry.previous
    }

    /// The entry in the register.
    func entry(made: Timestamp) -> RegisteredReport {
        RegisteredReport(
            number: number, made: made, form: form, content: content, previous: previous, digest: digest)
    }

    /// The digest of the other members.
    var expectedDigest: String {
        let members: JSONObject = [
            "number": JSONText(integerLiteral: number), "made": JSONText(string: made),
            "form": JSONText(string: form), "content": JSONText(string: content),
            "previous": previous.map { JSONText(string: $0) } ?? .null,
        ]
        return Self.digest(of: members.text)
    }

    /// The digest of what a report says.
    static func content(of report: AuditReport) throws -> String {
        digest(of: try JSONObject(parsing: try JSONOutput.line(report)).text)
    }

    /// SHA-256 of a text in UTF-8.
    static func digest(of text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// A report and its seal.
public struct SealedReport: Encodable, Sendable, Hashable {
    let report: AuditReport
    let seal: ReportSeal

    /// Whether nothing needs attention: every office has all, alike, and no conflict waits for a person.
    public var isGood: Bool { report.isGood }

    /// For programs: what it says in `report`, and what it is checked by in `seal`.
    public func json() throws -> String { try JSONOutput.text(self) }
}
