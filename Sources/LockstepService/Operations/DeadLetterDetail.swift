import FoundationEssentials
import LockstepRabbitMQ

/// A dead letter with all that it has.
public struct DeadLetterDetail: Detailed, Hashable {
    /// What the list says of it.
    public var letter: DeadLetterRow
    /// Its headers as text, by name.
    public var headers: [String: String]
    /// Its body where it is UTF-8; null: it is not.
    @OrNull public var body: String?
    /// Its body in Base64 (RFC 4648) where it is not UTF-8; null: it is.
    @OrNull public var bodyBase64: String?

    init(_ letter: DeadLetter) {
        self.letter = DeadLetterRow(letter)
        headers = letter.headers
        body = String(validating: letter.body, as: UTF8.self)
        bodyBase64 = body == nil ? Data(letter.body).base64EncodedString() : nil
    }

    public var details: [Detail] {
        [
            Detail("id", letter.id), Detail("type", letter.type ?? "-"), Detail("subject", letter.subject ?? "-"),
            Detail("attempts", letter.attempts), Detail("first failed", letter.firstFailedAt ?? "-"),
            Detail("class", letter.errorClass), Detail("error", letter.error),
            Detail(
                "headers", headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")),
            Detail(
                "body", body.map(Self.printable) ?? "\(NumberText.grouped(letter.size)) bytes, not UTF-8 (see --json)"),
        ]
    }

    /// Whoever wrote the body must not talk to the terminal.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
                    return isControl ? "\u{FFFD}" : scalar
                }))
    }
}
