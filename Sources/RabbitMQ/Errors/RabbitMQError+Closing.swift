extension RabbitMQError {
    /// The error for a channel or connection that the broker closed, by AMQP's reply codes.
    init(_ reason: Method.CloseReason, file: String = #fileID, line: Int = #line) {
        let code: Code
        let advice: String
        switch reason.code {
        case 311:
            code = .messageTooLarge
            advice = "The message is over the broker's limit."
        case 403:
            code = .accessRefused
            advice = "The user lacks a permission; set it at the broker."
        case 404:
            code = .notFound
            advice = "Declare it first, or correct the name."
        case 405:
            code = .resourceLocked
            advice = "Another connection or consumer holds it exclusively."
        // One code for two things; only the words tell them apart.
        case 406 where reason.text.contains("message size"):
            code = .messageTooLarge
            advice = "Raise max_message_size at the broker, or publish less at once."
        case 406:
            code = .preconditionFailed
            advice = "What exists differs from what was asked for, or is not in a state for it."
        case 320:
            code = .connectionLost
            advice = "An operator or a shutdown closed the connection; the client makes a new one."
        case 501, 502, 503, 504, 505:
            code = .protocolViolation
            advice = "Client and broker disagree about the protocol."
        default:
            code = .channelClosed
            advice = "The broker gives no more than that."
        }
        self.init(code, "The broker said \(reason.code): \(reason.text). \(advice)", file: file, line: line)
    }

    static func shutDown(file: String = #fileID, line: Int = #line) -> RabbitMQError {
        RabbitMQError(
            .shutdown, "The client has stopped. What was published and not confirmed may or may not have arrived.",
            file: file, line: line)
    }

    static func disconnected(file: String = #fileID, line: Int = #line) -> RabbitMQError {
        RabbitMQError(
            .connectionLost, "There is no connection at this moment. The client makes a new one; try again.",
            file: file,
            line: line)
    }
}
