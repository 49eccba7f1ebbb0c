import FoundationEssentials
import Glibc
import Lockstep

extension Operations {
    /// How long to wait for somebody else's change.
    private static let patience = Duration.seconds(15)
    private static let pause = Duration.milliseconds(50)

    /// Does something to subscriptions while nobody else does, in this process or another one of this state directory.
    ///
    /// What is bound and what is stored is changed in several steps: of two changes of one subscription at once, one could
    /// unbind what the other has just bound. `flock(2)`: the lock goes with the process that holds it.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `storeUnavailable` where somebody else does not come to an end, or
    ///   what `change` throws.
    func changingSubscriptions<Result: Sendable>(
        _ change: @Sendable () async throws -> Result
    ) async throws -> Result {
        try FileManager.default.createDirectory(at: configuration.state, withIntermediateDirectories: true)
        let file = configuration.hubFile + "-changes"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LockstepError(
                .storeUnavailable,
                "The file '\(file)' cannot be opened (\(String(cString: strerror(errno)))); let this account write to the "
                    + "directory.")
        }
        defer { close(descriptor) }
        let start = ContinuousClock.now
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now - start < Self.patience else {
                throw LockstepError(
                    .storeUnavailable,
                    "Somebody else is changing or deleting a subscription; nothing was done. Try again when that is over."
                )
            }
            try await Task.sleep(for: Self.pause)
        }
        return try await change()
    }
}
