import ServiceLifecycle

/// The offices of an engine at work: those that are there, and those that come.
struct EngineOffices: Service {
    let arrivals: AsyncStream<EngineOffice>

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await office in arrivals.cancelOnGracefulShutdown() {
                group.addTask { await office.work() }
            }
        }
    }
}
