import Lockstep
import Logging
import ServiceLifecycle

/// Compares all offices with the core again and again, beside the core's worker.
struct ReconcileService: Service {
    let reconciler: Reconciler
    let every: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: every)) != nil { await once() }
        }
    }

    private func once() async {
        guard let core = reconciler.configuration.reconcile.core else { return }
        for office in reconciler.configuration.offices where office.office != core {
            do {
                let summary = try await reconciler.reconcile(office, repairing: true) { _ in }
                logger.log(
                    level: summary.differing > 0 ? .warning : .debug, "Compared an office with the core",
                    metadata: [
                        "office": "\(office.office)", "differing": "\(summary.differing)",
                        "records": "\(summary.office)",
                    ])
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "An office could not be compared with the core; it is tried again",
                    metadata: [
                        "office": "\(office.office)", "reason": "\(ErrorText.reason(error))",
                        "again-in": "\(DurationText.text(every))",
                    ])
            }
        }
    }
}
