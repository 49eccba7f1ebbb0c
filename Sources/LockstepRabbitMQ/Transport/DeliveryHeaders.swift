import Lockstep
import RabbitMQ

/// What Lockstep notes in the headers of a delivery that failed: how often, since when, and why.
enum DeliveryHeaders {
    static let attempt = "lockstep-attempt"
    static let firstFailedAt = "lockstep-first-failed-at"
    static let errorClass = "lockstep-error-class"
    static let error = "lockstep-error"
    /// When it was put off last, in microseconds since 1970.
    static let putOffAt = "lockstep-put-off-at"
    /// When it became a dead letter.
    static let diedAt = "lockstep-died-at"
    /// Its last failures, the oldest first: a list of tables.
    static let errors = "lockstep-errors"
    /// How often an operator sent it again.
    static let replays = "lockstep-replays"
    /// When an operator sent it again, the last time.
    static let replayedAt = "lockstep-replayed-at"
    /// Set where an operator sent a past event again, from the archive.
    static let past = "lockstep-past-event"
    /// Set where an operator has edited it since it was published.
    static let edited = "lockstep-edited"
    /// Set where a dead letter's own headers were too large to be kept, or nested too deep to be kept whole.
    static let headersLeftOut = "lockstep-headers-left-out"

    /// The most characters of a reason that go into a header.
    private static let longestReason = 500
    /// How many failures are remembered.
    private static let mostErrors = 10
    /// The most characters of a reason that is remembered: ten of them have to fit beside everything else.
    private static let longestError = 200

    /// Which try of a delivery this is, from 1; what a stranger wrote there counts as the first.
    static func attempt(of message: Message) -> Int { history(of: message).attempt }

    /// Which try of a delivery this is, and when it was put off last.
    static func history(of message: Message) -> (attempt: Int, putOffAt: Timestamp?) {
        var (noted, putOff): (Int64?, Int64?) = (nil, nil)
        try? message.withEncodedProperties { properties in
            for header in properties.headers where header.name.hasPrefix("lockstep-") {
                if header.name.elementsEqual(Self.attempt.utf8) {
                    noted = header.value.int
                } else if header.name.elementsEqual(putOffAt.utf8) {
                    putOff = header.value.int
                }
            }
        }
        let attempt = noted.flatMap { (1...1000).contains($0) ? Int($0) : nil } ?? 1
        return (attempt, putOff.flatMap { $0 > 0 ? Timestamp(microseconds: $0) : nil })
    }

    /// The message to publish anew for a delivery that failed.
    ///
    /// Headers that would steer the broker are left out: its own `x-death` would make it take the message for one that
    /// runs in a circle and drop it, `CC` and `BCC` would send it to other queues, a user id would be refused from
    /// this account, and an expiration would let a dead letter vanish.
    static func noting(_ failure: Failure, attempt: Int, at now: Timestamp, on message: Message) -> Message {
        var message = cleared(message)
        message.properties.headers[Self.attempt] = .int(Int64(attempt))
        message.properties.headers[putOffAt] = .int(now.microseconds)
        if message.properties.headers[firstFailedAt]?.string == nil {
            message.properties.headers[firstFailedAt] = .string(now.rfc3339)
        }
        message.properties.headers[errorClass] = .string(failure.kind.name)
        message.properties.headers[error] = .string(String(failure.reason.prefix(longestReason)))
        let note: FieldTable = [
            "attempt": .int(Int64(attempt)), "at": .string(now.rfc3339), "class": .string(failure.kind.name),
            "reason": .string(String(failure.reason.prefix(longestError))),
        ]
        var known = message.properties.headers[errors]?.array ?? []
        // A delivery that is put off again and again uses up no attempt, and is not to crowd out how it failed.
        if let last = known.last?.table, ["attempt", "class", "reason"].allSatisfy({ last[$0] == note[$0] }) {
            known.removeLast()
        }
        message.properties.headers[errors] = .array(known.suffix(mostErrors - 1) + [.table(note)])
        return message
    }

    /// The message to publish anew for a dead letter that is replayed: as if it came for the first time, but for how
    /// often it was replayed and how it failed before.
    static func replaying(_ message: Message, at now: Timestamp) -> Message {
        var message = cleared(message)
        for header in [attempt, firstFailedAt, putOffAt, errorClass, error, diedAt] {
            message.properties.headers[header] = nil
        }
        let replays = message.properties.headers[replays]?.int ?? 0
        message.properties.headers[Self.replays] = .int(max(0, min(replays, 1_000_000)) + 1)
        message.properties.headers[replayedAt] = .string(now.rfc3339)
        return message
    }

    /// The message to publish for a past event that is sent to one office again.
    static func sendingAgain(_ message: Message, at now: Timestamp) -> Message {
        var message = cleared(message)
        message.properties.headers[past] = true
        message.properties.headers[replayedAt] = .string(now.rfc3339)
        return message
    }

    /// The message to publish for a dead letter that was edited: the event as it is now, with the original's past.
    static func replaying(_ event: Event, insteadOf original: Message, at now: Timestamp) -> Message {
        var message = EventHeaders.message(for: event)
        let past = replaying(original, at: now).properties.headers
        for name in [errors, replays, replayedAt] { message.properties.headers[name] = past[name] }
        message.properties.headers[edited] = true
        return message
    }

    /// The message to publish anew where it only changes its place.
    static func moving(_ message: Message) -> Message { cleared(message) }

    /// The message with what Lockstep noted, its id and type, its body, and nothing else.
    static func bare(_ message: Message) -> Message {
        var headers: FieldTable = [headersLeftOut: true]
        for name in [attempt, firstFailedAt, errorClass, error, diedAt, errors, replays, replayedAt] {
            headers[name] = message.properties.headers[name]
        }
        let properties = message.properties
        return Message(
            body: message.body,
            properties: MessageProperties(headers: headers, messageID: properties.messageID, type: properties.type)
        )
    }

    private static func cleared(_ message: Message) -> Message {
        var message = message
        var headers = FieldTable()
        for (name, value) in message.properties.headers where !steersBroker(name) { headers[name] = value }
        message.properties.headers = headers
        message.properties.deliveryMode = .persistent
        message.properties.expiration = nil
        message.properties.userID = nil
        return message
    }

    private static func steersBroker(_ name: String) -> Bool {
        name == "CC" || name == "BCC" || name.hasPrefix("x-")
    }
}
