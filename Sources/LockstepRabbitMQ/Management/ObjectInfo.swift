public import RabbitMQ

/// What the management API says of a queue.
public struct QueueInfo: Sendable, Decodable {
    /// Its name.
    public let name: String
    /// Its arguments.
    public let arguments: ArgumentTable
    /// Whether it survives a restart.
    public let durable: Bool
    /// Messages ready to be handed out; nil before the broker's first statistics.
    public let ready: Int?
    /// Messages handed out and not yet acknowledged.
    public let unacknowledged: Int?
    /// All messages, those on their way to a dead-letter exchange included.
    public let total: Int?
    /// Consumers, a standby included.
    public let consumers: Int?
    /// Messages published to it, per second.
    public let publishRate: Double
    /// Messages acknowledged, per second.
    public let acknowledgeRate: Double

    private enum CodingKeys: String, CodingKey {
        case name
        case arguments
        case durable
        case ready = "messages_ready"
        case unacknowledged = "messages_unacknowledged"
        case total = "messages"
        case consumers
        case statistics = "message_stats"
    }

    private struct Statistics: Decodable {
        struct Rate: Decodable {
            let rate: Double?
        }

        let publish: Rate?
        let ack: Rate?

        private enum CodingKeys: String, CodingKey {
            case publish = "publish_details"
            case ack = "ack_details"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        arguments = try container.decodeIfPresent(ArgumentTable.self, forKey: .arguments) ?? ArgumentTable([:])
        durable = try container.decodeIfPresent(Bool.self, forKey: .durable) ?? true
        ready = try container.decodeIfPresent(Int.self, forKey: .ready)
        unacknowledged = try container.decodeIfPresent(Int.self, forKey: .unacknowledged)
        total = try container.decodeIfPresent(Int.self, forKey: .total)
        consumers = try container.decodeIfPresent(Int.self, forKey: .consumers)
        let statistics = try container.decodeIfPresent(Statistics.self, forKey: .statistics)
        publishRate = statistics?.publish?.rate ?? 0
        acknowledgeRate = statistics?.ack?.rate ?? 0
    }
}

/// What the management API says of an exchange.
public struct ExchangeInfo: Sendable, Decodable {
    /// Its name; empty for the default exchange.
    public let name: String
    /// `topic`, `direct`, `fanout` or `headers`.
    public let type: String
    /// Whether it survives a restart.
    public let durable: Bool
    /// Its arguments.
    public let arguments: ArgumentTable
}

/// What the management API says of a binding.
public struct BindingInfo: Sendable, Decodable {
    /// The exchange; empty for the default exchange.
    public let source: String
    /// The queue or exchange.
    public let destination: String
    /// `queue` or `exchange`.
    public let destinationType: String
    /// The key, for a topic exchange a pattern.
    public let routingKey: String

    private enum CodingKeys: String, CodingKey {
        case source
        case destination
        case destinationType = "destination_type"
        case routingKey = "routing_key"
    }
}

/// Arguments of a queue or exchange as the management API writes them.
public struct ArgumentTable: Sendable, Decodable {
    /// The arguments by name.
    public let values: [String: FieldValue]

    init(_ values: [String: FieldValue]) {
        self.values = values
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The API writes an empty table as an empty list.
        guard let values = try? container.decode([String: Argument].self) else {
            self.values = [:]
            return
        }
        self.values = values.mapValues(\.value)
    }

    private struct Argument: Decodable {
        let value: FieldValue

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                value = .bool(flag)
            } else if let number = try? container.decode(Int64.self) {
                value = .int(number)
            } else if let number = try? container.decode(Double.self) {
                value = .double(number)
            } else if let text = try? container.decode(String.self) {
                value = .string(text)
            } else {
                value = .void
            }
        }
    }
}
