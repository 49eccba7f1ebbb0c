/// What the management API says of a consumer.
public struct ConsumerInfo: Sendable, Decodable {
    /// The queue that it consumes from.
    public let queue: String
    /// Its tag; of Lockstep's workers the office's name.
    public let tag: String
    /// The broker's name for its connection, like `10.0.0.7:51514 -> 10.0.0.1:5672`; nil: not known yet.
    public let connection: String?

    private enum CodingKeys: String, CodingKey {
        case queue
        case tag = "consumer_tag"
        case channel = "channel_details"
    }

    private struct Queue: Decodable {
        let name: String
    }

    private struct Channel: Decodable {
        let connection: String?

        private enum CodingKeys: String, CodingKey {
            case connection = "connection_name"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        queue = try container.decode(Queue.self, forKey: .queue).name
        tag = try container.decodeIfPresent(String.self, forKey: .tag) ?? ""
        // Where nothing is known yet it is an empty list.
        connection = (try? container.decode(Channel.self, forKey: .channel))?.connection
    }
}

/// What the management API says of a connection.
public struct ConnectionInfo: Sendable, Decodable {
    /// The broker's name for it.
    public let name: String
    /// What its client calls itself, like `lockstep worker ward-3 @host`; nil: nothing.
    public let clientName: String?

    private enum CodingKeys: String, CodingKey {
        case name
        case clientName = "user_provided_name"
    }
}
