import Logging

/// The metadata keys of this module's logs.
enum LogKey: String {
    case channel, code, connection, delay, endpoint, error, exchange, queue, reason, tag, version
}

extension Logger {
    subscript(key: LogKey) -> Logger.Metadata.Value? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }
}

extension Logger.Metadata {
    /// Metadata from the module's own keys.
    static func of(_ entries: KeyValuePairs<LogKey, String>) -> Logger.Metadata {
        Logger.Metadata(uniqueKeysWithValues: entries.map { ($0.key.rawValue, .string($0.value)) })
    }
}
