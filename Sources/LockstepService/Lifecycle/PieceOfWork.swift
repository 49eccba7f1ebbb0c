import ServiceLifecycle
import Synchronization

/// Work that ends by itself, as a service; a graceful shutdown cancels it.
final class PieceOfWork<Result: Sendable>: Service {
    private let work: @Sendable () async throws -> Result
    private let stored = Mutex<Result?>(nil)

    init(_ work: @escaping @Sendable () async throws -> Result) {
        self.work = work
    }

    /// What the work led to; nil: it did not end by itself.
    var result: Result? { stored.withLock { $0 } }

    func run() async throws {
        let result = try await cancelWhenGracefulShutdown {
            do {
                return try await self.work()
            } catch {
                // Whatever an interrupted call makes of it, it was interrupted.
                try Task.checkCancellation()
                throw error
            }
        }
        stored.withLock { $0 = result }
    }
}
