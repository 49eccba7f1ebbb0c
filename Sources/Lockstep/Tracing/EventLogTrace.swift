public import Logging
import Tracing

/// The trace of the event that a log line is about, for ``Logging/Logger/MetadataProvider/eventTrace``.
enum EventLogTrace {
    private enum Key: ServiceContextKey {
        typealias Value = String
    }

    /// Logs something about an event; costs nothing but for the lines that are logged.
    static func about(_ event: Event, _ log: () -> Void) {
        guard let parent = event.traceparent else { return log() }
        var context = ServiceContext.current ?? .topLevel
        context[Key.self] = parent
        ServiceContext.withValue(context, operation: log)
    }

    /// The ids in the current trace context: `00-<trace id>-<span id>-<flags>`.
    static var metadata: Logger.Metadata {
        guard let parent = ServiceContext.current?[Key.self] else { return [:] }
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16 else { return [:] }
        return [
            LogKey.traceID.rawValue: .string(String(parts[1])), LogKey.spanID.rawValue: .string(String(parts[2])),
        ]
    }
}

extension Logger.MetadataProvider {
    /// Gives lines about an event the ids of its trace, `trace-id` and `span-id`, where it has a `traceparent`.
    ///
    /// For `LoggingSystem.bootstrap(_:metadataProvider:)`; where there is a tracer, beside the tracer's own provider.
    public static let eventTrace = Logger.MetadataProvider { EventLogTrace.metadata }
}
