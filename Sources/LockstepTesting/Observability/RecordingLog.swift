public import Logging
import Synchronization

/// Keeps what is logged, for tests that look at it.
public final class RecordingLog: Sendable {
    /// A line: what was said, and all that stands beside it.
    public struct Line: Sendable {
        /// How much it matters.
        public let level: Logger.Level
        /// The text.
        public let message: String
        /// The logger's own, the provider's and the line's.
        public let metadata: Logger.Metadata
    }

    private let kept = Mutex<[Line]>([])
    private let provider: Logger.MetadataProvider?

    /// An empty log.
    ///
    /// - Parameter provider: Asked with each line for what stands beside it.
    public init(asking provider: Logger.MetadataProvider? = nil) {
        self.provider = provider
    }

    /// All lines, in order.
    public var lines: [Line] { kept.withLock(\.self) }
    /// The lines' levels, in order.
    public var levels: [Logger.Level] { lines.map(\.level) }
    /// What stands beside the lines, in order.
    public var metadata: [Logger.Metadata] { lines.map(\.metadata) }
    /// Writes to this log, every level.
    public var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(log.provider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
            log.kept.withLock { $0.append(Line(level: event.level, message: "\(event.message)", metadata: all)) }
        }
    }
}
