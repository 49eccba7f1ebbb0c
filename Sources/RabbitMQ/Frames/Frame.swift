/// One frame from the broker, copied out of the reader's memory.
struct Frame: Sendable {
    let channel: UInt16
    let payload: Payload

    enum Payload: Sendable {
        case method(Method)
        case header(ContentHeader)
        case body([UInt8])
    }
}

/// What a content header says: how long the body will be, and the message's properties.
struct ContentHeader: Sendable {
    let bodySize: UInt64
    let properties: PropertiesBox
}

/// The methods that a broker sends to a client.
enum Method: Sendable, Hashable {
    case connectionClose(CloseReason)
    case connectionCloseOk
    case connectionBlocked(reason: String)
    case connectionUnblocked

    case channelOpenOk
    case channelClose(CloseReason)
    case channelCloseOk
    case channelFlow(active: Bool)

    case exchangeDeclareOk
    case exchangeDeleteOk
    case exchangeBindOk
    case exchangeUnbindOk
    case queueDeclareOk(QueueStatus)
    case queueBindOk
    case queueUnbindOk
    case queueDeleteOk
    case queuePurgeOk(messages: Int)
    case confirmSelectOk

    case basicQosOk
    case basicConsumeOk(tag: String)
    case basicCancel(tag: String)
    case basicCancelOk
    case basicAck(tag: UInt64, multiple: Bool)
    case basicNack(tag: UInt64, multiple: Bool)
    case basicReturn(Return)
    case basicDeliver(Deliver)
    case basicGetOk(Deliver)
    case basicGetEmpty

    /// A method that no broker should send to this client.
    case unexpected(id: UInt32)

    /// Why the broker closes a channel or a connection.
    struct CloseReason: Sendable, Hashable {
        let code: Int
        let text: String
    }

    /// A message that no queue wanted; the message itself follows.
    struct Return: Sendable, Hashable {
        let code: Int
        let reason: String
        let exchange: String
        let routingKey: String
    }

    /// A delivery; the message itself follows.
    struct Deliver: Sendable, Hashable {
        let tag: UInt64
        let redelivered: Bool
        let exchange: String
        let routingKey: String
    }
}
