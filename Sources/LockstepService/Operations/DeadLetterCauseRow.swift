import Lockstep
import LockstepRabbitMQ

/// Dead letters of one cause.
public struct DeadLetterCauseRow: TableRow, Hashable {
    /// What names the cause, for `--cause`.
    public var cause: String
    /// What kind of reason it is.
    public var errorClass: String
    /// The reason, with what differs from one to the next blanked.
    public var reason: String
    /// How many dead letters have it.
    public var count: Int
    /// How many of them an operator had sent again.
    public var returned: Int
    /// When the first of them was given up (RFC 3339); null: nobody noted it.
    @OrNull public var oldest: String?
    /// When the last of them was given up (RFC 3339); null: nobody noted it.
    @OrNull public var newest: String?
    /// The id of one of them.
    public var example: String

    public static let columns: [TableColumn<DeadLetterCauseRow>] = [
        .text("CAUSE") { $0.cause },
        .text("CLASS") { $0.errorClass },
        .number("COUNT") { $0.count },
        .number("RETURNED") { $0.returned },
        .text("OLDEST") { $0.oldest ?? "-" },
        .text("NEWEST") { $0.newest ?? "-" },
        .text("EXAMPLE") { $0.example },
        .text("REASON", isFlexible: true) { $0.reason },
    ]
}

/// Counts dead letters by their causes; pure.
struct DeadLetterTally {
    private struct Group {
        var count = 0
        var returned = 0
        var oldest: Timestamp?
        var newest: Timestamp?
        let example: String
    }

    private var groups: [DeadLetterCause: Group] = [:]

    /// Takes a dead letter in.
    mutating func add(_ letter: DeadLetter) {
        let cause = letter.cause
        var group = groups[cause] ?? Group(example: letter.id)
        group.count += 1
        if letter.replays > 0 { group.returned += 1 }
        if let at = letter.diedAt {
            group.oldest = group.oldest.map { min($0, at) } ?? at
            group.newest = group.newest.map { max($0, at) } ?? at
        }
        groups[cause] = group
    }

    /// The causes, the one with most letters first.
    var rows: [DeadLetterCauseRow] {
        groups.map { cause, group in
            DeadLetterCauseRow(
                cause: cause.id, errorClass: cause.errorClass, reason: cause.reason, count: group.count,
                returned: group.returned, oldest: group.oldest?.rfc3339, newest: group.newest?.rfc3339,
                example: group.example)
        }
        .sorted { ($1.count, $0.cause) < ($0.count, $1.cause) }
    }
}
