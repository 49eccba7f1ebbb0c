import FoundationEssentials
import LockstepRabbitMQ

/// A dead letter with all that is known of it; with its body only where somebody asked for that.
public struct DeadLetterDetail: Detailed, Hashable {
    /// One of its failures.
    public struct Failure: Encodable, Sendable, Hashable {
        /// Which try it was, from 1.
        public var attempt: Int
        /// When (RFC 3339).
        public var at: String
        /// What kind of reason it was.
        public var errorClass: String
        /// The reason.
        public var error: String
    }

    /// What the list says of it.
    public var letter: DeadLetterRow
    /// Its last failures, the oldest first, ten at most.
    public var failures: [Failure]
    /// Its headers as text, by name.
    public var headers: [String: String]
    /// Its body where it was asked for and is UTF-8; null otherwise.
    @OrNull public var body: String?
    /// Its body in Base64 (RFC 4648) where it was asked for and is not UTF-8; null otherwise.
    @OrNull public var bodyBase64: String?

    init(_ letter: DeadLetter, payload: Bool) {
        self.letter = DeadLetterRow(letter)
        failures = letter.failures.map {
            Failure(attempt: $0.attempt, at: $0.at, errorClass: $0.errorClass, error: $0.error)
        }
        headers = letter.headers
        guard payload else { return }
        body = String(validating: letter.body, as: UTF8.self)
        bodyBase64 = body == nil ? Data(letter.body).base64EncodedString() : nil
    }

    public var details: [Detail] {
        let size = "\(NumberText.grouped(letter.size)) bytes"
        let returned = letter.replayedAt.map { "\(NumberText.grouped(letter.replays)) ×, last sent again at \($0)" }
        return [
            Detail("id", letter.id), Detail("type", letter.type ?? "-"), Detail("subject", letter.subject ?? "-"),
            Detail("attempts", letter.attempts), Detail("first failed", letter.firstFailedAt ?? "-"),
            Detail("given up", letter.diedAt ?? "-"), Detail("returned", returned ?? "never sent again"),
            Detail("cause", letter.cause), Detail("class", letter.errorClass), Detail("error", letter.error),
            Detail(
                "failures",
                failures.map { "\($0.at)  try \($0.attempt), \($0.errorClass): \($0.error)" }.joined(separator: "\n")),
            Detail(
                "headers", headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")),
            Detail("body", body.map(Self.printable) ?? size + (bodyBase64 == nil ? " (see --payload)" : ", not UTF-8")),
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
