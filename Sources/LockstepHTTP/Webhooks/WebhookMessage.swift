import Crypto
import Foundation
import Lockstep

/// A change as a request: an event as it was published, or the newest state of its record as an event of its own.
struct WebhookMessage: Sendable {
    /// Names the event or the state: the same for every try, so that a receiver knows what it has had.
    let id: String
    /// The headers, but for those that depend on the time.
    let headers: [(name: String, value: String)]
    /// The body; empty for a deleted record in binary mode.
    let body: [UInt8]

    init(_ change: Change, mode: WebhookOptions.Mode) throws(LockstepError) {
        let event = if let event = change.event { event } else { try Self.event(change) }
        // Foreign events may have ids that a header cannot hold.
        id = Self.encoded(event.id.text)
        if mode == .structured {
            headers = [("content-type", "application/cloudevents+json; charset=utf-8")]
            body = Array(EventCodec.json(event).utf8)
        } else {
            var headers = event.attributes.all
                .filter { $0.name != "datacontenttype" }
                .map { (name: "ce-\($0.name)", value: Self.encoded($0.value)) }
            if event.operation != .delete { headers.append(("content-type", "application/json")) }
            self.headers = headers
            body = event.operation == .delete ? [] : Array(event.data.text.utf8)
        }
    }

    /// The headers of a request that is sent at a moment; with several secrets a signature by each, as Standard Webhooks
    /// has it for the time in which a receiver changes from one to the next.
    func headers(at now: Timestamp, secrets: [WebhookSecret]) -> [(name: String, value: String)] {
        let seconds = now.milliseconds / 1000
        var all = headers + [("webhook-id", id), ("webhook-timestamp", "\(seconds)"), ("user-agent", "Lockstep")]
        if !secrets.isEmpty {
            let signatures = secrets.map { $0.signature(id: id, timestamp: seconds, body: body) }
            all.append(("webhook-signature", signatures.joined(separator: " ")))
        }
        return all
    }

    /// The most bytes of `recordtypes`: servers refuse headers that are too long.
    private static let longestTypes = 1024

    private static func event(_ change: Change) throws(LockstepError) -> Event {
        let types = change.types.joined(separator: ",")
        return Event(
            id: try EventID(digest(change)),
            source: change.version.origin,
            type: try EventType(change.data == nil ? "lockstep.record.deleted" : "lockstep.record.changed"),
            subject: change.subject,
            time: Timestamp(microseconds: change.version.reading.milliseconds * 1000),
            version: change.version,
            operation: change.data == nil ? .delete : .replace,
            data: change.data ?? JSONObject(),
            extensions: types.isEmpty || types.utf8.count > longestTypes ? [:] : ["recordtypes": types]
        )
    }

    /// The version alone does not name a state: an older change of another field may have come late.
    private static func digest(_ change: Change) -> String {
        var hash = SHA256()
        for part in [change.subject.text, change.version.description, change.data?.text ?? ""] {
            hash.update(data: Array(part.utf8) + [0])
        }
        return hash.finalize().prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Percent-encodes what a header cannot hold (CloudEvents HTTP protocol binding 1.0.2, section 3.1.3.2).
    static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text +=
                    "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
