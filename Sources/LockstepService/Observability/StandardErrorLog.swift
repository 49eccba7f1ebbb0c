import Glibc
import Lockstep
public import Logging

/// Writes the log to standard error, a line at a time.
public struct StandardErrorLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let label: String
    private let format: LogConfiguration.Format

    /// A log of a logger's.
    public init(label: String, _ configuration: LogConfiguration) {
        self.label = label
        format = configuration.format
        logLevel = configuration.level
    }

    /// Makes all loggers of the process write here; to be called once, before the first logger is made.
    public static func bootstrap(_ configuration: LogConfiguration) {
        LoggingSystem.bootstrap(
            { label, provider in
                var log = StandardErrorLog(label: label, configuration)
                log.metadataProvider = provider
                return log
            }, metadataProvider: configuration.traces ? .eventTrace : nil)
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        let line = LogLine(
            time: WallClock.system.now,
            level: event.level,
            message: event.message.description,
            metadata: all,
            label: label
        )
        StandardStream.error.write((format == .json ? line.json : line.text) + "\n")
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
