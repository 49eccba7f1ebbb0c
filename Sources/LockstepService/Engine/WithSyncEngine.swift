public import Logging

/// Does some work with an engine that runs beside it, and stops the engine afterwards.
///
/// ```swift
/// try await withSyncEngine(broker: .local) { engine in
///     try await engine.register("SchedulingTool", to: ["permit.#"]) { change in try await slots.move(change) }
///     await engine.untilStopped()
/// }
/// ```
///
/// SIGTERM and SIGINT cancel the work and let the engine finish what it has in hand; a second one ends the process at
/// once. An app that has a `ServiceGroup` adds a ``SyncEngine`` to it instead.
///
/// - Parameters:
///   - broker: Which broker.
///   - origin: Who publishes from here; nil: `PROGRAM@HOST`.
///   - state: The directory of what is kept; nil: one of the account's own, see ``SyncEngine/init(broker:origin:state:logger:)``.
///   - logger: Where to log.
///   - work: Gets the engine.
/// - Returns: What the work returned.
/// - Throws: What the work throws, `CancellationError` where a signal came first, or what the engine throws.
public func withSyncEngine<Result: Sendable>(
    broker: SyncEngine.Broker, origin: String? = nil, state: String? = nil,
    logger: Logger = Logger(label: "lockstep"),
    _ work: @escaping @Sendable (_ engine: SyncEngine) async throws -> Result
) async throws -> Result {
    let engine = try SyncEngine(broker: broker, origin: origin, state: state, logger: logger)
    return try await ServiceRunner.run(beside: [engine], logger: logger) {
        // What is registered from here on is at work when its registration returns.
        await engine.running.wait()
        return try await work(engine)
    }
}
