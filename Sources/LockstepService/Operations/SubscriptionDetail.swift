import Lockstep
import LockstepSQLite

/// A subscription with all that is known of it; secrets are masked.
public struct SubscriptionDetail: Detailed, Hashable {
    /// What the list says of it.
    public var subscription: SubscriptionRow
    /// `immediate`, or how it is batched.
    public var batching: String
    /// How often a delivery is tried.
    public var attempts: Int
    /// The delays between tries.
    public var delays: [String]
    /// Its settings as JSON; null: they stand in the file.
    @OrNull public var settings: SettingsValue?
    /// Which change of it this is, to be named by the next one; null: it stands in the file.
    @OrNull public var revision: Int?
    /// When it was made (RFC 3339); null: it stands in the file.
    @OrNull public var created: String?
    /// When it was changed last (RFC 3339); null: it stands in the file.
    @OrNull public var changed: String?
    /// Who changed it last; null: it stands in the file.
    @OrNull public var changedBy: String?

    init(_ subscription: Subscription, _ stored: StoredSubscription?, in configuration: Configuration) {
        self.subscription = SubscriptionRow(subscription, in: configuration)
        batching = subscription.delivery.shown
        attempts = subscription.retry.attempts
        delays = subscription.retry.delays.map(\.name)
        guard let stored else { return }
        settings = SettingsValue(SubscriptionSettings(stored: stored.settings))
        revision = stored.revision
        created = stored.created.rfc3339
        changed = stored.changed.rfc3339
        changedBy = stored.person
    }

    public var details: [Detail] {
        var details = [
            Detail("office", subscription.office), Detail("kind", subscription.kind),
            Detail("events", subscription.events.joined(separator: "\n")),
            Detail("delivery", subscription.delivery), Detail("batching", batching), Detail("attempts", attempts),
            Detail("delays", delays.joined(separator: " ")),
            Detail("paused", pauseText),
        ]
        if let settings, let revision, let created, let changed, let changedBy {
            details += [
                Detail("settings", settings.text), Detail("revision", revision), Detail("made", created),
                Detail("changed", "\(changed) by \(changedBy)"),
            ]
        }
        return details
    }

    private var pauseText: String {
        guard let since = subscription.pausedSince, let person = subscription.pausedBy else { return "no" }
        return "since \(since) by \(person) (\(subscription.pauseCause ?? "operator"))"
            + (subscription.pausedReason.map { ": \($0)" } ?? "")
    }
}

/// Settings without their secrets, written as the JSON that they are.
public struct SettingsValue: Encodable, Sendable, Hashable {
    /// One line of JSON.
    public let text: String

    init(_ settings: SubscriptionSettings) { text = settings.shown.text }

    public func encode(to encoder: any Encoder) throws {
        guard let value = try? JSONText(parsing: text) else { preconditionFailure("what is shown of settings is JSON") }
        try EncodedJSON(value: value).encode(to: encoder)
    }
}

/// Any JSON, as an encoder wants it; a number that no type of Swift's holds becomes a text.
struct EncodedJSON: Encodable {
    let value: JSONText

    func encode(to encoder: any Encoder) throws {
        if let elements = value.elements {
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(EncodedJSON(value: element)) }
            return
        }
        if let object = try? JSONObject(parsing: value.text) {
            var container = encoder.container(keyedBy: Key.self)
            for field in object.fields {
                try container.encode(EncodedJSON(value: field.value), forKey: Key(stringValue: field.name))
            }
            return
        }
        var container = encoder.singleValueContainer()
        if let text = value.stringValue {
            try container.encode(text)
        } else if value.isNull {
            try container.encodeNil()
        } else if value.text == "true" || value.text == "false" {
            try container.encode(value.text == "true")
        } else if let number = Int(value.text) {
            try container.encode(number)
        } else if let number = Double(value.text), number.isFinite {
            try container.encode(number)
        } else {
            try container.encode(value.text)
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}

extension DeliveryMode {
    /// How deliveries are gathered, for people.
    var shown: String {
        within.map { "\(NumberText.grouped(events)) or \(DurationText.text($0))" } ?? "immediate"
    }
}
