/// AMQP's short strings: names, routing keys and properties, one byte of length.
///
/// librabbitmq notices a longer one only after a part of the message is sent, so the client looks first.
enum ShortString {
    static let limit = 255

    /// Returns the text where it fits.
    static func checked(_ text: String, as what: @autoclosure () -> String) throws -> String {
        let length = text.utf8.count
        guard length <= limit else {
            throw RabbitMQError(
                .invalidName,
                "The \(what()) has \(length) bytes of UTF-8; AMQP takes at most \(limit). Nothing was sent. Shorten it."
            )
        }
        return text
    }
}
