import Tracing

extension EventDraft {
    /// The draft with the trace context of a span that stands for making the event: for code that writes to an outbox.
    ///
    /// A draft that has a `traceparent` stays as it is, and so does any draft where there is no tracer.
    public func carryingTrace() -> EventDraft {
        guard traceparent == nil, TraceSpans.areWanted else { return self }
        let span = startSpan("lockstep append", ofKind: .producer)
        defer { span.end() }
        return carrying(TraceContext(span.context))
    }

    /// The draft with a trace context, unless it has one.
    func carrying(_ trace: TraceContext?) -> EventDraft {
        guard traceparent == nil, let trace else { return self }
        var draft = self
        draft.traceparent = trace.parent
        // What it may have had of this belonged to no trace.
        draft.extensions[TraceContext.stateKey] = trace.state
        return draft
    }
}
