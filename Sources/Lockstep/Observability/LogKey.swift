import Logging

/// The metadata keys of this module's log lines.
enum LogKey: String {
    case attempt
    case delay
    case deliveries
    case errorClass = "error-class"
    case event
    case events
    case office
    case position
    case reason
    case spanID = "span-id"
    case subject
    case traceID = "trace-id"
}

extension Logger {
    func debug(_ message: Message, _ metadata: [LogKey: String]) {
        debug(message, metadata: Self.metadata(metadata))
    }

    func info(_ message: Message, _ metadata: [LogKey: String]) {
        info(message, metadata: Self.metadata(metadata))
    }

    func warning(_ message: Message, _ metadata: [LogKey: String]) {
        warning(message, metadata: Self.metadata(metadata))
    }

    func error(_ message: Message, _ metadata: [LogKey: String]) {
        error(message, metadata: Self.metadata(metadata))
    }

    private static func metadata(_ metadata: [LogKey: String]) -> Metadata {
        Metadata(uniqueKeysWithValues: metadata.map { ($0.key.rawValue, .string($0.value)) })
    }
}

extension Arrival {
    /// What names the event in a log line.
    func metadata(_ more: [LogKey: String]) -> [LogKey: String] {
        more.merging([.event: event.id.text, .subject: event.subject.text]) { more, _ in more }
    }
}
