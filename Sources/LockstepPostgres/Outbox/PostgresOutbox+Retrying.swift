public import Lockstep

extension PostgresOutbox {
    private static let written = """
        type, subject, scope, operation, data, id, source, "time", version, seen, traceparent, extensions
        """

    /// The rows keep their ids and versions, and get a new place behind those that wait.
    private static let puttingBack = """
        WITH again AS (DELETE FROM lockstep.stuck RETURNING *)
        INSERT INTO lockstep.outbox (\(written)) SELECT \(written) FROM again ORDER BY position
        """

    /// Puts back what was refused or unrouted, to be published again; for when the cause is mended.
    ///
    /// - Throws: ``/Lockstep/LockstepError``, when nothing was put back or nobody knows.
    public func retry() async throws(LockstepError) {
        _ = try await side.query(Self.puttingBack)
    }
}
