import FoundationEssentials
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
        try JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8)).encode(to: encoder)
    }
}

/// Any JSON, as an encoder wants it.
private indirect enum AnyJSON: Codable {
    case null
    case bool(Bool)
    case int(Int)
    case text(String)
    case list([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .int(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([AnyJSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .int(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}

extension DeliveryMode {
    /// How deliveries are gathered, for people.
    var shown: String {
        within.map { "\(NumberText.grouped(events)) or \(DurationText.text($0))" } ?? "immediate"
    }
}
