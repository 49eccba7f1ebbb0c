public import Tracing

/// W3C trace context, as it travels in an event's extension attributes `traceparent` and `tracestate`.
///
/// https://www.w3.org/TR/trace-context/; CloudEvents' extension "Distributed Tracing".
public struct TraceContext: Sendable, Hashable {
    /// Which span comes before: version, trace id, span id and flags.
    public var parent: String
    /// What tracing systems add for themselves.
    public var state: String?

    static let parentKey = "traceparent"
    static let stateKey = "tracestate"

    /// A trace context.
    public init(parent: String, state: String? = nil) {
        self.parent = parent
        self.state = state
    }

    /// What the tracer of this process makes of a context; nil: there is no tracer, or nothing to carry on.
    public init?(_ context: ServiceContext) {
        var carrier: [String: String] = [:]
        InstrumentationSystem.instrument.inject(context, into: &carrier, using: Carrying())
        guard let parent = carrier[Self.parentKey] else { return nil }
        self.init(parent: parent, state: carrier[Self.stateKey])
    }

    /// The context in which a span that is begun carries the trace on.
    ///
    /// Empty where there is no tracer, or where it cannot read the trace context.
    public var serviceContext: ServiceContext {
        var carrier = [Self.parentKey: parent]
        carrier[Self.stateKey] = state
        var context = ServiceContext.topLevel
        InstrumentationSystem.instrument.extract(carrier, into: &context, using: Carrying())
        return context
    }

    private struct Carrying: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
            // HTTP's names of headers have no case, attributes' names are of lower-case letters.
            carrier[key.lowercased()] = value
        }

        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key.lowercased()] }
    }
}

extension Event {
    /// The trace that the event belongs to; nil: it says nothing of one.
    public var trace: TraceContext? {
        traceparent.map { TraceContext(parent: $0, state: extensions[TraceContext.stateKey]) }
    }
}
