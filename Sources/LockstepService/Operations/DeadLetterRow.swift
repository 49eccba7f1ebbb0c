import Lockstep
import LockstepRabbitMQ

/// A dead letter in a list.
public struct DeadLetterRow: TableRow, Hashable {
    /// What names it.
    public var id: String
    /// The event's type; null: its headers do not say.
    @OrNull public var type: String?
    /// The record; null: its headers do not say.
    @OrNull public var subject: String?
    /// How often it was tried.
    public var attempts: Int
    /// When it failed first (RFC 3339); null: nobody noted it.
    @OrNull public var firstFailedAt: String?
    /// When it was given up (RFC 3339); null: nobody noted it.
    @OrNull public var diedAt: String?
    /// How often an operator has sent it again; it returned each time.
    public var replays: Int
    /// When an operator sent it again, the last time (RFC 3339); null: nobody did.
    @OrNull public var replayedAt: String?
    /// What names its cause, for `--cause`.
    public var cause: String
    /// What kind of reason it was given up for.
    public var errorClass: String
    /// The reason.
    public var error: String
    /// Bytes of its body.
    public var size: Int

    init(_ letter: DeadLetter) {
        id = letter.id
        type = letter.type
        subject = letter.subject
        attempts = letter.attempts
        firstFailedAt = letter.firstFailedAt
        diedAt = letter.diedAt?.rfc3339
        replays = letter.replays
        replayedAt = letter.replayedAt
        cause = letter.cause.id
        errorClass = letter.errorClass
        error = letter.error
        size = letter.size
    }

    public static let columns: [TableColumn<DeadLetterRow>] = [
        .text("ID") { $0.id },
        .text("TYPE") { $0.type ?? "-" },
        .text("SUBJECT") { $0.subject ?? "-" },
        .number("ATTEMPTS") { $0.attempts },
        .number("RETURNED") { $0.replays == 0 ? nil : $0.replays },
        .text("FIRST FAILED") { $0.firstFailedAt ?? "-" },
        .text("CAUSE") { $0.cause },
        .text("CLASS") { $0.errorClass },
        .text("ERROR", isFlexible: true) { $0.error },
    ]
}
