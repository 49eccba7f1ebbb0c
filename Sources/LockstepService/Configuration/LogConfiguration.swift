public import Logging

/// What is logged to standard error, and how.
public struct LogConfiguration: Sendable, Hashable {
    /// How a line of the log looks.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// For people: time, level, message, then `key=value`, sorted by key.
        case text
        /// For programs: one JSON object a line.
        case json
    }

    /// The least important level that is logged.
    public var level: Logger.Level
    /// How a line looks.
    public var format: Format
    /// Whether lines about an event carry the ids of its trace.
    public var traces: Bool

    /// What is logged; `info` and above, for people, unless said otherwise.
    public init(level: Logger.Level = .info, format: Format = .text, traces: Bool = false) {
        self.level = level
        self.format = format
        self.traces = traces
    }

    /// The same, without what is less important than a level.
    public func atLeast(_ level: Logger.Level) -> LogConfiguration {
        LogConfiguration(level: max(self.level, level), format: format, traces: traces)
    }
}
