/// Gives out clock readings for the changes of one origin: each newer than all before, across processes and restarts.
public protocol VersionSource: Sendable {
    /// Gives `count` readings in a row, and returns the first.
    ///
    /// They are stored as given before this returns, so that nobody gets them again.
    /// - Throws: ``LockstepError`` if they cannot be stored.
    func take(_ count: Int) async throws(LockstepError) -> ClockReading
}
