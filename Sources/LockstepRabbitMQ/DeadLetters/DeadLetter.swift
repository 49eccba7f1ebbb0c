public import Lockstep
import RabbitMQ

/// A delivery that was given up, as it lies in its office's dead-letter queue.
public struct DeadLetter: Sendable, Hashable {
    /// What names it in lists and commands: the message's id, or a digest of its body where it has none.
    public let id: String
    /// The event's type, as far as the headers say.
    public let type: String?
    /// The record, as far as the headers say.
    public let subject: String?
    /// What kind of reason it was given up for; `delivery-limit` where the broker did.
    public let errorClass: String
    /// The reason.
    public let error: String
    /// How often it was tried.
    public let attempts: Int
    /// When it failed first (RFC 3339).
    public let firstFailedAt: String?
    /// When it was given up; nil: nobody noted it.
    public let diedAt: Timestamp?
    /// Its last failures, the oldest first, ten at most; also those before it was replayed.
    public let failures: [PastFailure]
    /// How often an operator has sent it again: it returned each time.
    public let replays: Int
    /// When an operator sent it again, the last time (RFC 3339).
    public let replayedAt: String?
    /// Bytes of its body.
    public let size: Int
    /// Its headers as text, by name.
    public let headers: [String: String]
    /// Its body, to be shown only where somebody asks for it.
    public let body: [UInt8]

    init(_ delivery: Delivery) {
        let message = delivery.message
        let headers = message.properties.headers
        func text(_ name: String) -> String? { headers[name]?.string }
        func attribute(_ name: String) -> String? {
            EventHeaders.prefixes.lazy.compactMap { headers[$0 + name]?.string }.first
        }
        id = Self.identifier(of: message)
        type = attribute("type") ?? message.properties.type
        subject = attribute("subject")
        attempts = DeliveryHeaders.attempt(of: message)
        firstFailedAt = text(DeliveryHeaders.firstFailedAt)
        replays = Int(clamping: headers[DeliveryHeaders.replays]?.int ?? 0)
        replayedAt = text(DeliveryHeaders.replayedAt)
        failures = (headers[DeliveryHeaders.errors]?.array ?? []).compactMap { $0.table.map(PastFailure.init) }
        diedAt =
            text(DeliveryHeaders.diedAt).flatMap { Timestamp(rfc3339: $0) }
            ?? Self.deathByBroker(headers) ?? text(DeliveryHeaders.firstFailedAt).flatMap { Timestamp(rfc3339: $0) }
        size = message.body.count
        if Self.cameBackToNobody(message) {
            errorClass = Failure.Class.deleted.name
            error = "the subscription was deleted while this waited to be tried again"
        } else if let kind = text(DeliveryHeaders.errorClass) {
            errorClass = kind
            error = text(DeliveryHeaders.error) ?? ""
        } else if text("x-first-death-reason") == "rejected" {
            errorClass = Failure.Class.undecodable.name
            error = "the office could not read it: its body or its headers are larger than it takes"
        } else {
            errorClass = "delivery-limit"
            error =
                "the broker gave it up: it was handed out again and again and never settled; "
                + "does it crash the worker?"
        }
        self.headers = Dictionary(headers.map { ($0.0, Self.shown($0.1)) }) { first, _ in first }
        body = message.body
    }

    /// Why it was given up, as what it has in common with others.
    public var cause: DeadLetterCause { DeadLetterCause(errorClass: errorClass, reason: error) }

    /// Whether it is among those that are meant.
    func isChosen(by selection: DeadLetterSelection) -> Bool {
        selection.contains(id: id, type: type, subject: subject, diedAt: diedAt, cause: cause)
    }

    /// Whether nobody gave it up: it had waited, and came straight here since its office was gone.
    ///
    /// What waits is published anew each time, without what the broker noted before: so its queue is the only one that it
    /// died in.
    static func cameBackToNobody(_ message: Message) -> Bool {
        let headers = message.properties.headers
        guard headers[DeliveryHeaders.diedAt] == nil, let deaths = headers["x-death"]?.array, !deaths.isEmpty else {
            return false
        }
        return deaths.allSatisfy { $0.table?["queue"]?.string?.hasPrefix(BrokerName.wait + ".") == true }
    }

    /// When the broker itself dead-lettered it, to the second.
    private static func deathByBroker(_ headers: FieldTable) -> Timestamp? {
        guard case .timestamp(let seconds)? = headers["x-death"]?.array?.first?.table?["time"],
            let seconds = Int64(exactly: seconds), seconds < Int64.max / 1_000_000
        else { return nil }
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    static func identifier(of message: Message) -> String {
        if let id = message.properties.messageID, !id.isEmpty { return id }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
        for byte in message.body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "body-" + String(hash, radix: 16)
    }

    private static func shown(_ value: FieldValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        case .double(let number): String(number)
        case .timestamp(let seconds): String(seconds)
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .array(let values): "a list of \(values.count)"
        case .table(let table): "a table of \(table.count)"
        case .decimal, .void: ""
        }
    }
}

/// One failure of a delivery, as it was noted in its headers.
public struct PastFailure: Sendable, Hashable {
    /// Which try it was, from 1.
    public let attempt: Int
    /// When (RFC 3339).
    public let at: String
    /// What kind of reason it was.
    public let errorClass: String
    /// The reason, cut short where it is long.
    public let error: String

    init(_ note: FieldTable) {
        attempt = Int(clamping: note["attempt"]?.int ?? 1)
        at = note["at"]?.string ?? ""
        errorClass = note["class"]?.string ?? ""
        error = note["reason"]?.string ?? ""
    }
}
