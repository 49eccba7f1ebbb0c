import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging

/// What an engine keeps in its state directory, opened when it is first needed: its clock, and what was triggered and
/// is not published.
actor EngineStore {
    private let configuration: Configuration
    private let origin: Origin
    private let logger: Logger
    private var opened: (versions: SQLiteVersionSource, outbox: SQLiteOutboxFile)?

    init(_ configuration: Configuration, origin: Origin, logger: Logger) {
        self.configuration = configuration
        self.origin = origin
        self.logger = logger
    }

    /// What a relay works on.
    func outbox() throws(LockstepError) -> SQLiteOutbox {
        try open().outbox.outbox
    }

    /// A publisher over a transport.
    func publisher(over transport: any EventTransport) throws(LockstepError) -> EventPublisher {
        var publishing = EventPublisher.Configuration(origin: origin)
        publishing.maximumEventSize = configuration.limits.event
        return EventPublisher(publishing, transport: transport, versions: try open().versions)
    }

    /// Writes drafts to the outbox, on disk before this returns.
    ///
    /// They get their versions here and not from the outbox: what is published directly goes by the same clock.
    func append(_ drafts: [EventDraft]) async throws(LockstepError) {
        let (versions, outbox) = try open()
        let unversioned = drafts.count { $0.version == nil }
        var reading = unversioned > 0 ? try await versions.take(unversioned) : ClockReading(0)
        var complete = drafts
        for index in complete.indices where complete[index].version == nil {
            complete[index].version = Version(reading: reading, origin: complete[index].source ?? origin)
            reading = reading.successor
        }
        try await outbox.append(complete)
    }

    /// Closes the files; they are opened again by whoever comes later.
    func close() {
        // A file that cannot be closed now is closed with the process.
        try? opened?.outbox.close()
        try? opened?.versions.close()
        opened = nil
    }

    private func open() throws(LockstepError) -> (versions: SQLiteVersionSource, outbox: SQLiteOutboxFile) {
        if let opened { return opened }
        let versions = try SQLiteVersionSource(path: configuration.clockFile, origin: origin, logger: logger)
        let outbox = try SQLiteOutboxFile(
            path: configuration.state.appending(path: "outbox.sqlite").path, origin: origin,
            maximumEventSize: configuration.limits.event)
        opened = (versions, outbox)
        return (versions, outbox)
    }
}
