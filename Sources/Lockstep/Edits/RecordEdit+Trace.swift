extension RecordEdit {
    /// The change with the trace context of a span that stands for making it; as it is where there is no tracer.
    package func carryingTrace() -> RecordEdit {
        guard TraceSpans.areWanted, traceparent == nil, let type = try? EventType("edit") else { return self }
        let traced = EventDraft(type, about: subject, extensions: extensions).carryingTrace()
        var edit = self
        edit.traceparent = traced.traceparent
        edit.extensions = traced.extensions
        return edit
    }
}
