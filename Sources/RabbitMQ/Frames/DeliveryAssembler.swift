/// Puts messages together from their frames, on one channel; pure.
///
/// A message is a method, a header that announces the body's size, and bodies until that size is reached. Nothing
/// of it is believed: a body over the limit is counted and dropped, and frames in a wrong order are an error.
struct DeliveryAssembler {
    /// A message that is complete.
    enum Assembled: Sendable {
        case delivery(Delivery)
        /// A message that came back; its body is dropped.
        case returned(Method.Return, messageID: String?)
        /// What `basic.get` brought.
        case got(Delivery)
    }

    /// The method that a message began with.
    enum Start: Sendable {
        case deliver(Method.Deliver)
        case got(Method.Deliver)
        case returned(Method.Return)
    }

    private enum State {
        case idle
        case begun(Start)
        case body(Start, ContentHeader, missing: UInt64)
    }

    private let maximumBodySize: Int
    private var state = State.idle
    private var body: [UInt8] = []

    init(maximumBodySize: Int) {
        self.maximumBodySize = maximumBodySize
    }

    /// Whether a message has begun and is not complete; only its own frames may follow.
    var isInMessage: Bool {
        if case .idle = state { false } else { true }
    }

    mutating func begin(_ start: Start) throws {
        guard case .idle = state else { throw Self.violation("a message began inside another one") }
        state = .begun(start)
    }

    mutating func receive(_ header: ContentHeader) throws -> Assembled? {
        guard case .begun(let start) = state else { throw Self.violation("a content header came without its method") }
        state = .body(start, header, missing: header.bodySize)
        return header.bodySize == 0 ? finish() : nil
    }

    mutating func receive(_ fragment: [UInt8]) throws -> Assembled? {
        guard case .body(let start, let header, let missing) = state else {
            throw Self.violation("a body came without its header")
        }
        guard UInt64(fragment.count) <= missing else { throw Self.violation("a body is longer than its header says") }
        if keepsBody(start, header) {
            // The usual message is one fragment, and that is its body without another copy.
            if body.isEmpty { body = fragment } else { body += fragment }
        }
        let left = missing - UInt64(fragment.count)
        state = .body(start, header, missing: left)
        return left == 0 ? finish() : nil
    }

    private mutating func finish() -> Assembled? {
        guard case .body(let start, let header, _) = state else { return nil }
        let message = Message(body: body, header.properties)
        state = .idle
        body = []
        switch start {
        case .deliver(let deliver): return .delivery(delivery(deliver, message, header))
        case .got(let deliver): return .got(delivery(deliver, message, header))
        case .returned(let back): return .returned(back, messageID: header.properties.value.messageID)
        }
    }

    private func delivery(_ deliver: Method.Deliver, _ message: Message, _ header: ContentHeader) -> Delivery {
        Delivery(
            deliveryTag: deliver.tag, exchange: deliver.exchange, routingKey: deliver.routingKey,
            redelivered: deliver.redelivered, message: message, bodyWasTooLarge: isTooLarge(header))
    }

    private func keepsBody(_ start: Start, _ header: ContentHeader) -> Bool {
        if case .returned = start { return false }
        return !isTooLarge(header)
    }

    private func isTooLarge(_ header: ContentHeader) -> Bool { header.bodySize > UInt64(maximumBodySize) }

    private static func violation(_ what: String) -> RabbitMQError {
        RabbitMQError(.protocolViolation, "The broker broke the protocol: \(what). The connection is made anew.")
    }
}
