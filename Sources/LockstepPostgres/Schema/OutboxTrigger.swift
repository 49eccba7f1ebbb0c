/// What the database does with each row that is written: refuses what is no event, and fills in what is left out.
enum OutboxTrigger {
    /// How many events of one transaction keep others from writing about the same records until it ends.
    ///
    /// Each takes a place in the server's lock table, which all share (64 for each connection, unless set).
    private static let lockedRecords = 32

    /// The rules for a row (see `EventType`, `Subject`, `Scope`, `Origin`, `EventID`), with a sentence for each.
    static let checks = #"""
        CREATE FUNCTION lockstep.check_event(event lockstep.outbox) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            problem text;
            hint text;
            state text := 'LS001';
            attributes integer := octet_length(event.type) + octet_length(event.subject)
                + coalesce(octet_length(event.seen), 0) + coalesce(octet_length(event.traceparent), 0)
                + coalesce(octet_length(event.extensions::text), 0);
            size bigint := attributes + octet_length(event.data::text);
            largest integer;
        BEGIN
            IF event.type IS NULL OR octet_length(event.type) > 180
                OR event.type !~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$' OR event.type ~ '\n' THEN
                problem := 'type must be words of letters, digits, - and _ joined by dots, 180 bytes at most';
                hint := 'Write one like permit.issued.';
            ELSIF event.subject IS NULL OR event.subject = '' OR octet_length(event.subject) > 512
                OR event.subject ~ '[\x01-\x1f\x7f]' THEN
                problem := 'subject must not be empty, hold control characters or exceed 512 bytes';
                hint := 'It names the record that the event is about, like permit/24-019651.';
            ELSIF event.scope !~ '^[a-z0-9-]{1,64}$' OR event.scope ~ '\n' THEN
                problem := 'scope must be lower-case letters, digits and -, 64 bytes at most';
                hint := 'Write one like ward-3, or leave it out.';
            ELSIF event.source IS NULL OR event.source = '' OR octet_length(event.source) > 200
                OR event.source ~ '[\x01-\x20\x7f]' THEN
                problem := 'source must not be empty, hold blanks or control characters, or exceed 200 bytes';
                hint := 'Leave it out where the event is the core app''s own.';
            ELSIF event.id IS NULL OR event.id = '' OR octet_length(event.id) > 200 OR event.id ~ '[\x01-\x1f\x7f]' THEN
                problem := 'id must not be empty, hold control characters or exceed 200 bytes';
                hint := 'Leave it out: the database makes one.';
            ELSIF event.operation IS NULL OR event.operation NOT IN ('merge', 'replace', 'delete') THEN
                state := 'LS002';
                problem := 'operation must be merge, replace or delete';
            ELSIF event.data IS NULL OR jsonb_typeof(event.data) <> 'object' THEN
                state := 'LS002';
                problem := 'data must be a JSON object';
                hint := 'It holds the fields that have changed, like {"status": "Issued"}.';
            ELSIF event.version !~ '^[0-6][0-9a-f]{15}-.' THEN
                state := 'LS002';
                problem := 'version must be 16 hexadecimal digits in lower case, - and the origin';
                hint := 'Leave it out: the database makes one.';
            ELSIF jsonb_typeof(event.extensions) <> 'object' THEN
                state := 'LS002';
                problem := 'extensions must be a JSON object';
            ELSIF attributes > 65536 THEN
                state := 'LS003';
                problem := format('an event''s attributes have %s bytes, more than 65536', attributes);
                hint := 'Put what is large into the data.';
            ELSE
                SELECT settings.largest INTO largest FROM lockstep.settings;
                IF size > largest THEN
                    state := 'LS003';
                    problem := format('an event has %s bytes, more than the limit of %s', size, largest);
                    hint := 'Write a reference instead of the content.';
                END IF;
            END IF;
            IF problem IS NOT NULL THEN
                RAISE EXCEPTION USING ERRCODE = state, MESSAGE = 'the outbox refuses the event: ' || problem,
                    HINT = coalesce(hint, '');
            END IF;
            RETURN size;
        END $$;
        REVOKE ALL ON FUNCTION lockstep.check_event(lockstep.outbox) FROM PUBLIC;

        """#

    /// Fills in a row, gives it its place, and has the relays woken when it commits.
    ///
    /// They are woken only where one sleeps: transactions that notify commit one after the other, each with its own
    /// flush to the disk. See ``RelaySleep`` for why no commit is missed.
    ///
    /// The id is a UUID of version 7 (RFC 9562, section 5.7): a random one of version 4 with the time put in and two
    /// bits set. The lock on the record makes whoever writes about the same one wait until this transaction ends, so
    /// that positions and versions follow the commits.
    static let stamp = #"""
        CREATE FUNCTION lockstep.stamp_event() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            locked integer := coalesce(nullif(current_setting('lockstep.locked', true), ''), '0')::integer;
            seen bigint := 0;
        BEGIN
            IF NEW.source IS NULL THEN
                SELECT settings.origin INTO NEW.source FROM lockstep.settings;
            END IF;
            NEW.operation := coalesce(NEW.operation, 'merge');
            NEW.id := coalesce(NEW.id, encode(set_bit(set_bit(overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid::text);
            NEW.size := lockstep.check_event(NEW);
            IF NEW.seen IS NOT NULL OR NEW.version IS NOT NULL THEN
                -- A change is newer than what it has seen. What is far from any clock's time, beyond the year 5800, is not
                -- followed: nobody could take the clock back.
                SELECT max(('x' || digits[1])::bit(64)::bigint) INTO seen
                FROM regexp_matches(concat_ws(',', '=' || left(NEW.version, 16), NEW.seen), '=([0-6][0-9a-f]{15})', 'g')
                    AS found(digits);
            END IF;
            IF locked < 32 THEN
                PERFORM set_config('lockstep.locked', (locked + 1)::text, true);
                PERFORM pg_advisory_xact_lock(WRITERS, hashtext(NEW.subject));
            END IF;
            NEW.position := lockstep.next_reading(coalesce(seen, 0));
            NEW.version := coalesce(NEW.version, lpad(to_hex(NEW.position), 16, '0') || '-' || NEW.source);
            NEW.written_at := clock_timestamp();
            NEW."time" := coalesce(NEW."time", NEW.written_at);
            RETURN NEW;
        END $$;
        CREATE TRIGGER stamp BEFORE INSERT ON lockstep.outbox
            FOR EACH ROW EXECUTE FUNCTION lockstep.stamp_event();

        CREATE FUNCTION lockstep.wake_relays() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            BEGIN
                IF pg_try_advisory_xact_lock(SLEEPERS, 0) THEN RAISE EXCEPTION USING ERRCODE = 'LS000'; END IF;
            EXCEPTION WHEN SQLSTATE 'LS000' THEN
                -- Nobody sleeps. The lock is let go of already.
                RETURN NULL;
            END;
            PERFORM pg_notify('lockstep_outbox', '');
            RETURN NULL;
        END $$;
        CREATE TRIGGER wake AFTER INSERT ON lockstep.outbox
            FOR EACH STATEMENT EXECUTE FUNCTION lockstep.wake_relays();

        """#
        .replacing("WRITERS", with: "\(LockSpace.writers)")
        .replacing("SLEEPERS", with: "\(LockSpace.sleepers)")
        .replacing("locked < 32", with: "locked < \(lockedRecords)")
}
