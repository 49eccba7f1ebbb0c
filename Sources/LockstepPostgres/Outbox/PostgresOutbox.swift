public import Lockstep
public import Logging

/// An outbox in a core app's own PostgreSQL database: events are written in the transaction that changes what they are
/// about, with a plain `INSERT INTO lockstep.outbox`, and a relay claims them here.
///
/// Several relays may work side by side, in as many processes: no two of them have rows of the same record. Which
/// records a relay has rows of is an advisory lock of its session, so a relay that dies loses them at once.
/// Make the tables with ``OutboxInstallation``.
public actor PostgresOutbox {
    /// What claims: its session holds the locks.
    let worker: PostgresConnection
    /// What settles and purges, beside the claims; another session than theirs, so it lets go of no lock.
    let settler: PostgresConnection
    /// What is woken.
    let listener: PostgresConnection
    /// What else is asked, so that it keeps no claim waiting.
    let side: PostgresConnection
    let safetyLook: Duration

    var claims = OutboxClaims<PostgresConnection.Session>()
    /// What is settled, and was not taken out of the claims yet.
    var settled: [Int64] = []
    private var turnstile = Turnstile()
    /// How many signals the listener had had when the last claim began.
    var signalsSeen = 0
    /// What the last claim left behind.
    var rest = Rest.unknown
    /// Whether the last claim that found rows found no other relay.
    var isAlone = false

    /// There while writers are asked to wake this relay.
    var sleep: RelaySleep<PostgresConnection.Session>?

    /// What may still wait after a claim.
    enum Rest {
        /// There may be more.
        case unknown
        /// There is more, of records that another relay has rows of.
        case withOthers
        /// There may be more, and this relay has as many records in hand as it may.
        case withSelf
        /// There was nothing else.
        case nothing
    }

    /// An outbox; nothing is connected before it is used.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is. The guide <doc:WritingEvents> says what the account must be allowed.
    ///   - abandonedAfter: How long a relay may be silent in the midst of its work before the server takes its claims
    ///     away: it is frozen, or cut off.
    ///   - safetyLook: How often to look without having been woken.
    public init(
        _ configuration: PostgresConfiguration,
        abandonedAfter: Duration = .seconds(600),
        safetyLook: Duration = .seconds(60),
        logger: Logger = Logger(label: "lockstep-postgres")
    ) {
        let milliseconds = max(1000, Int64(abandonedAfter / .milliseconds(1)))
        worker = PostgresConnection(
            configuration, purpose: "relay",
            setUp: """
                SET idle_session_timeout = \(milliseconds); SET jit = off;
                SELECT pg_advisory_lock_shared(\(LockSpace.relays), 0);
                """,
            logger: logger)
        // A settlement that a server's crash takes back is a row that is published twice, and none is lost.
        settler = PostgresConnection(
            configuration, purpose: "settle",
            setUp: "SET synchronous_commit = off; SET jit = off; SET enable_seqscan = off;", logger: logger)
        listener = PostgresConnection(
            configuration, purpose: "listen", setUp: "LISTEN lockstep_outbox;", logger: logger)
        side = PostgresConnection(configuration, purpose: "status", logger: logger)
        self.safetyLook = safetyLook
    }

    /// Writes events in a transaction of their own, all of them or none; for what has no other data to go with.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `invalidName`, `invalidEvent`, `invalidJSON` or `eventTooLarge` with the
    ///   reason, or why the database is not available; then nobody knows whether they were written.
    public func append(_ drafts: [EventDraft]) async throws(LockstepError) {
        guard !drafts.isEmpty else { return }
        let insert = try OutboxInsert(drafts, maximumEventSize: .max)
        _ = try await side.query(insert.sql, insert.parameters)
    }

    /// Has the closure run alone: what the server and this actor know of the claims changes in step.
    func alone<Value: Sendable>(
        _ body: () async throws(LockstepError) -> Value
    ) async throws(LockstepError) -> Value {
        await enter()
        defer { leave() }
        return try await body()
    }

    /// Has the closure run alone, unless somebody is at it.
    func aloneIfFree(_ body: () async -> Void) async {
        guard turnstile.takeIfFree() else { return }
        await body()
        leave()
    }

    func enter() async {
        if turnstile.takeIfFree() { return }
        await withUnsafeContinuation { turnstile.add($0) }
    }

    func leave() { turnstile.leave() }
}
