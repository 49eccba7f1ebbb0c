import Tracing

/// The spans around work that concerns events of one trace or of many.
enum TraceSpans {
    /// How many traces one span is linked to at most.
    private static let mostLinks = 32

    /// Whether there is a tracer.
    static var areWanted: Bool { !(InstrumentationSystem.tracer is NoOpTracer) }

    /// Does work in a span that carries on the trace that all of the events belong to.
    ///
    /// Where they belong to several, or some to none, the span begins a trace of its own, and is linked to theirs.
    /// - Parameter traces: The trace of each event.
    static func with<Value, Failure: Error>(
        _ name: String,
        ofKind kind: SpanKind,
        _ traces: @autoclosure () -> [TraceContext?],
        attributes: SpanAttributes = [:],
        _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard areWanted else { return try await work() }
        let span = start(name, ofKind: kind, traces())
        span.attributes.merge(attributes)
        defer { span.end() }
        let result: Result<Value, Failure> = await ServiceContext.withValue(span.context) {
            do throws(Failure) {
                return .success(try await work())
            } catch {
                span.recordError(error)
                span.setStatus(SpanStatus(code: .error))
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func start(_ name: String, ofKind kind: SpanKind, _ traces: [TraceContext?]) -> any Span {
        let distinct = Set(traces)
        if distinct.count == 1, let first = distinct.first, let only = first {
            return startSpan(name, context: only.serviceContext, ofKind: kind)
        }
        let span = startSpan(name, ofKind: kind)
        var linked: Set<TraceContext> = []
        for case let trace? in traces where linked.count < mostLinks && linked.insert(trace).inserted {
            span.addLink(SpanLink(context: trace.serviceContext, attributes: [:]))
        }
        return span
    }
}
