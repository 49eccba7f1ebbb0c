import Lockstep
import ServiceLifecycle

extension Operations {
    /// Runs all of a small site until it is asked to stop (SIGTERM, SIGINT): broker, ledger, relay, all offices.
    ///
    /// Where no broker is configured, a private one runs in the state's directory, and other commands with the same state
    /// find it. One process at a time does so for a state directory.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable` where another process does it already;
    ///   ``/PrivateBroker/PrivateBrokerError`` where the private broker cannot be started.
    public func up() async throws {
        let lock = try SiteLock(configuration.state)
        defer { withExtendedLifetime(lock) {} }
        try await ServiceRunner.run([SiteService(configuration: configuration, logger: logger)], logger: logger)
    }
}
