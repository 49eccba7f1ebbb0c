/// A message that is being put together from its frames; pure.
struct WireContent: Sendable {
    /// The bit of the property flags that says that there is a message id (AMQP 0-9-1, class `basic`).
    static let messageIDFlag: UInt16 = 1 << 7

    let exchange: String
    let routingKey: String
    private(set) var messageID: String?
    private(set) var body: [UInt8] = []
    private var bodySize: UInt64?

    /// Begins with a `basic.publish`.
    init?(publish frame: WireFrame) {
        guard frame.method == .basicPublish else { return nil }
        var reader = WireArgumentReader(frame.arguments)
        guard reader.number(UInt16.self) != nil, let exchange = reader.shortString(),
            let routingKey = reader.shortString()
        else { return nil }
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// Whether nothing is missing.
    var isComplete: Bool { bodySize.map { UInt64(body.count) >= $0 } ?? false }

    /// Takes in the next frame of the message.
    mutating func receive(_ frame: WireFrame) {
        switch frame.kind {
        case .header:
            var reader = WireArgumentReader(frame.payload[...])
            _ = reader.take(4)
            bodySize = reader.number(UInt64.self)
            messageID = Self.messageID(&reader)
        case .body: body += frame.payload
        case .method, .heartbeat: break
        }
    }

    /// Reads the properties up to the message id; those before it are passed over.
    private static func messageID(_ reader: inout WireArgumentReader) -> String? {
        guard let flags = reader.number(UInt16.self), flags & messageIDFlag != 0 else { return nil }
        // From the highest bit on: type, encoding, headers, mode, priority, correlation id, reply-to, expiration.
        for bit in stride(from: 15, to: 7, by: -1) where flags & (1 << UInt16(bit)) != 0 {
            switch bit {
            case 13: _ = reader.longBytes()
            case 12, 11: _ = reader.take(1)
            default: _ = reader.shortString()
            }
        }
        return reader.shortString()
    }
}
