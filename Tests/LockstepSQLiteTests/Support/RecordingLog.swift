import Logging
import Synchronization

/// Keeps what is logged.
final class RecordingLog: Sendable {
    private let lines = Mutex<[(Logger.Level, Logger.Metadata)]>([])

    var levels: [Logger.Level] { lines.withLock { $0.map(\.0) } }
    var metadata: [Logger.Metadata] { lines.withLock { $0.map(\.1) } }
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            log.lines.withLock { $0.append((event.level, all)) }
        }
    }
}
