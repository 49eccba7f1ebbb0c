extension EventDraft {
    /// A draft that says all that an event says.
    package init(_ event: Event) {
        self.init(
            event.type, about: event.subject, event.data, operation: event.operation, scope: event.scope,
            source: event.source, id: event.id, time: event.time, version: event.version, seen: event.seen,
            traceparent: event.traceparent, extensions: event.extensions)
    }
}
