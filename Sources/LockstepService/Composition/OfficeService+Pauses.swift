import Lockstep
import LockstepSQLite
import Logging

extension OfficeService {
    /// The same office, which stands still while the hub's store or the broker's mark says that it is paused, and is paused in
    /// the store of this machine when its system says that it is gone.
    ///
    /// - Parameters:
    ///   - changes: What follows the store; it has to run.
    ///   - paused: Where the pause is shown to whoever asks the process whether it is ready.
    func obeyingPauses(of changes: StoreChanges, showingIn paused: PausedOffices? = nil) -> OfficeService {
        var service = self
        let (office, file, logger) = (subscription.office, configuration.hubFile, logger)
        service.changes = changes
        service.pauses = { changes.pauses(of: office) }
        service.isPaused = { paused?.note($0, of: office) }
        service.isResumed = {
            // Of a store on another machine than the hub's: there is where a person has resumed it.
            guard changes.current?.stored.pauses[office]?.cause == .gone else { return }
            do throws(LockstepError) {
                let store = try SQLiteSubscriptions(path: file)
                defer { try? store.close() }
                try await store.resume(office, cause: .gone)
            } catch {
                logger.error(
                    "The office cannot be resumed here; 'lockstep subscriptions resume' does that",
                    metadata: ["office": "\(office)", "reason": "\(error.message)"])
            }
        }
        service.isGone = { reason in
            do throws(LockstepError) {
                let store = try SQLiteSubscriptions(path: file)
                defer { try? store.close() }
                // A person ends that pause.
                try await store.pause(
                    OfficePause(
                        office: office, since: WallClock.system.now, person: "lockstep", reason: reason, cause: .gone))
            } catch {
                logger.error(
                    "The office cannot be paused; it is asked again in ten minutes",
                    metadata: ["office": "\(office)", "reason": "\(error.message)"])
            }
        }
        return service
    }
}
