import RabbitMQ

/// The argument of a queue that the broker has with another value than was declared, as it says so in its error; pure.
struct UnequalArgument: Equatable {
    /// Those that say how much a queue keeps; nothing is lost where they are others than wanted.
    static let harmless: Set<String> = ["x-max-length", "x-delivery-limit"]

    let name: String
    /// The value that the queue has; nil: none.
    let current: FieldValue?

    /// - Parameter message: Like `inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received the value '9' of type
    ///   'signedint' but current is none`.
    init?(_ message: String) {
        guard let name = message.firstMatch(of: /inequivalent arg '([^']+)' for queue/) else { return nil }
        self.name = String(name.1)
        if message.contains(/but current is none/) {
            current = nil
        } else if let value = message.firstMatch(of: /but current is the value '([0-9]+)'/), let number = Int64(value.1)
        {
            current = .int(number)
        } else {
            return nil
        }
    }
}
