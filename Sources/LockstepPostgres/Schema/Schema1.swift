/// The first schema: the table that core apps write to, the clock, and the totals.
enum Schema1 {
    static let script = tables + clock + OutboxTrigger.checks + OutboxTrigger.stamp

    /// What was sent has a table of its own: however much of it there is, what waits stays small and quickly cleaned.
    ///
    /// It is noted without its content, which the broker has, and found by its time: less work than a copy with a key.
    /// Vacuum comes after so many changes, and not after a share of a table that may have been large once.
    private static let tables = """
        CREATE TABLE lockstep.settings (
            only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
            origin   text    NOT NULL,  -- whose events these are, where a row does not say it
            largest  integer NOT NULL   -- the most bytes of an event, data and attributes together
        );
        -- What waits to be published. Core apps insert here.
        CREATE TABLE lockstep.outbox (
            position    bigint PRIMARY KEY,
            -- what the core app writes; all but type and subject may be left out
            type        text NOT NULL,
            subject     text NOT NULL,
            scope       text,
            operation   text NOT NULL DEFAULT 'merge',
            data        jsonb NOT NULL DEFAULT '{}',
            id          text NOT NULL,
            source      text NOT NULL,
            "time"      timestamptz NOT NULL,
            version     text NOT NULL,
            seen        text,
            traceparent text,
            extensions  jsonb,
            -- what the database notes
            size        integer NOT NULL,
            written_at  timestamptz NOT NULL
        ) WITH (
            autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
            autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000
        );
        -- What was sent, until it is purged.
        CREATE TABLE lockstep.sent (
            position   bigint NOT NULL,
            id         text NOT NULL,
            type       text NOT NULL,
            subject    text NOT NULL,
            version    text NOT NULL,
            written_at timestamptz NOT NULL,
            sent_at    timestamptz NOT NULL
        ) WITH (autovacuum_vacuum_scale_factor = 0.05);
        CREATE INDEX sent_at ON lockstep.sent (sent_at);
        -- What was refused or unrouted, until a person has looked at it.
        CREATE TABLE lockstep.stuck (
            LIKE lockstep.outbox,
            outcome  text NOT NULL CHECK (outcome IN ('refused', 'unrouted')),
            reason   text,
            stuck_at timestamptz NOT NULL,
            PRIMARY KEY (position)
        );
        -- Several slots, so that relays do not wait for each other to count.
        CREATE TABLE lockstep.totals (
            slot integer PRIMARY KEY,
            sent bigint NOT NULL
        ) WITH (fillfactor = 50);

        """

    /// A hybrid logical clock (see ``/Lockstep/HybridClock``) that no transaction holds on to.
    ///
    /// A row would do that keeps the newest reading, but whoever had moved it on would keep all other writers waiting
    /// until it commits. A sequence is outside of transactions: what it gave is given, for everybody and at once, and
    /// is on disk when the first transaction that uses it commits. But it cannot be moved forward to the wall clock and
    /// be read in one step; so there is a lock around the two, and to let go of it before the transaction ends it is
    /// taken in a subtransaction that is undone on purpose. An error or a cancelled statement lets go of it as well.
    private static let clock = """
        CREATE SEQUENCE lockstep.clock AS bigint MINVALUE 0 START 0;
        CREATE FUNCTION lockstep.next_reading(after bigint) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            reading bigint;
            least bigint := greatest((extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16, after + 1);
        BEGIN
            BEGIN
                PERFORM pg_advisory_xact_lock(\(LockSpace.clock), 0);
                reading := nextval('lockstep.clock');
                IF reading < least THEN reading := setval('lockstep.clock', least); END IF;
                RAISE EXCEPTION USING ERRCODE = 'LS000';
            EXCEPTION WHEN SQLSTATE 'LS000' THEN
                RETURN reading;
            END;
        END $$;
        REVOKE ALL ON FUNCTION lockstep.next_reading(bigint) FROM PUBLIC;

        """
}

/// The spaces of advisory locks that Lockstep uses, apart from each other and from a core app's own.
enum LockSpace {
    /// One at a time installs.
    static let schema = 1_280_262_912
    /// One at a time reads the clock.
    static let clock = 1_280_262_913
    /// Who writes about a record, until its transaction ends; the second number is the subject's hash.
    static let writers = 1_280_262_914
    /// Which relay has rows of a record; the second number is one of ``claimKeys``, from the subject's hash.
    static let claims = 1_280_262_915
    /// How many numbers records are claimed by: all relays together take no more places in the server's lock table.
    ///
    /// A power of two. Records that share a number are with the same relay while they are claimed.
    static let claimKeys = 1_024
    /// Whether a relay sleeps and wants to be woken: those that do share the lock.
    static let sleepers = 1_280_262_916
    /// That there is a relay: all of them share the lock.
    static let relays = 1_280_262_917
}
