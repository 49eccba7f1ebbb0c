import Tracing

/// Publishes what a core app says has changed: completes each draft, gives it its version, and hands it over.
public struct EventPublisher: Sendable {
    /// What a publisher may be told.
    public struct Configuration: Sendable {
        /// Who publishes from here.
        public var origin: Origin
        /// The most bytes that one event may have, data and attributes together; 1 MiB unless set.
        public var maximumEventSize = 1 << 20

        /// A configuration.
        public init(origin: Origin) {
            self.origin = origin
        }
    }

    /// An event and what became of it.
    public struct Published: Sendable {
        /// The event as it was sent.
        public let event: Event
        /// The broker's answer.
        public let outcome: PublishOutcome
    }

    private let configuration: Configuration
    private let transport: any EventTransport
    private let versions: any VersionSource
    private let clock: WallClock
    private let metrics = PublishMetrics()

    /// A publisher.
    public init(
        _ configuration: Configuration,
        transport: any EventTransport,
        versions: any VersionSource,
        clock: WallClock = .system
    ) {
        self.configuration = configuration
        self.transport = transport
        self.versions = versions
        self.clock = clock
    }

    /// Publishes a change.
    ///
    /// - Throws: ``LockstepError``: `eventTooLarge` before anything is sent, or what the transport throws.
    public func publish(_ draft: EventDraft) async throws(LockstepError) -> Published {
        let published = try await publish([draft])
        return published[0]
    }

    /// Publishes changes, in order, and answers for each.
    ///
    /// Those without a version get theirs here, at the last moment and in this order, so that what is published later
    /// is newer.
    /// - Throws: ``LockstepError``: `eventTooLarge` before anything is sent, or what the transport throws.
    public func publish(_ drafts: [EventDraft]) async throws(LockstepError) -> [Published] {
        guard !drafts.isEmpty else { return [] }
        return try await TraceSpans.with(
            "lockstep publish", ofKind: .producer, [],
            attributes: ["messaging.batch.message_count": .int(Int64(drafts.count))]
        ) { () async throws(LockstepError) -> [Published] in
            // Events whose draft says nothing of a trace belong to the one in which they are published.
            let trace = TraceSpans.areWanted ? ServiceContext.current.flatMap { TraceContext($0) } : nil
            return try await publishNow(drafts.map { $0.carrying(trace) })
        }
    }

    /// Gives a change the name, time and version that it would get when it is published, so that they can be kept before.
    public func named(_ draft: EventDraft) async throws(LockstepError) -> EventDraft {
        var reading = draft.version == nil ? try await versions.take(1) : ClockReading(0)
        var generator = SystemRandomNumberGenerator()
        let event = complete(draft, reading: &reading, using: &generator)
        var named = draft
        (named.id, named.source, named.time, named.version) = (event.id, event.source, event.time, event.version)
        return named
    }

    private func publishNow(_ drafts: [EventDraft]) async throws(LockstepError) -> [Published] {
        for draft in drafts { try draft.check(largest: configuration.maximumEventSize) }
        let unversioned = drafts.count { $0.version == nil }
        var reading = unversioned > 0 ? try await versions.take(unversioned) : ClockReading(0)
        var generator = SystemRandomNumberGenerator()
        var events: [Event] = []
        events.reserveCapacity(drafts.count)
        for draft in drafts {
            events.append(complete(draft, reading: &reading, using: &generator))
        }
        let outcomes = try await metrics.record(events.count) { () async throws(LockstepError) in
            try await transport.publish(events)
        }
        return zip(events, outcomes).map(Published.init)
    }

    private func complete(
        _ draft: EventDraft,
        reading: inout ClockReading,
        using generator: inout some RandomNumberGenerator
    ) -> Event {
        let now = clock.now
        let source = draft.source ?? configuration.origin
        let version: Version
        if let own = draft.version {
            version = own
        } else {
            version = Version(reading: reading, origin: source)
            reading = reading.successor
        }
        return Event(
            id: draft.id ?? EventID(milliseconds: UInt64(max(0, now.milliseconds)), using: &generator),
            source: source,
            type: draft.type,
            subject: draft.subject,
            time: draft.time ?? now,
            scope: draft.scope,
            version: version,
            seen: draft.seen,
            operation: draft.operation,
            data: draft.data,
            traceparent: draft.traceparent,
            extensions: draft.extensions
        )
    }
}
