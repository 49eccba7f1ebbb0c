import FoundationEssentials
import Lockstep

extension Operations {
    /// How long to wait for somebody else's change.
    private static let patience = Duration.seconds(15)
    private static let pause = Duration.milliseconds(50)

    /// Does something to subscriptions while nobody else does, in this process or another one of this state directory.
    ///
    /// What is bound and what is stored is changed in several steps: of two changes of one subscription at once, one could
    /// unbind what the other has just bound.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable` where somebody else does not come to an end, or
    ///   what `change` throws.
    func changingSubscriptions<Result: Sendable>(
        _ change: @Sendable () async throws -> Result
    ) async throws -> Result {
        try FileManager.default.createDirectory(at: configuration.state, withIntermediateDirectories: true)
        let lock = try FileLock(configuration.hubFile + "-changes", mode: 0o600)
        let start = ContinuousClock.now
        while !lock.take() {
            guard ContinuousClock.now - start < Self.patience else {
                throw LockstepError(
                    .storeUnavailable,
                    "Somebody else is changing a subscription or migrating queues; nothing was done. Try again when that is over."
                )
            }
            try await Task.sleep(for: Self.pause)
        }
        defer { lock.release() }
        return try await change()
    }
}
