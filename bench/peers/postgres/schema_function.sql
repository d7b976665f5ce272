-- A seat belongs to a hold or to nobody. Whether that hold is held, lapsed or sold is said in one place, its own row.
CREATE TABLE seats (
    event int    NOT NULL,
    seat  int    NOT NULL,
    hold  bigint,
    PRIMARY KEY (event, seat) WITH (fillfactor = 100)
) WITH (fillfactor = 60, autovacuum_enabled = off);

-- A hold becomes an order by its reference; a ticket is the order's id and the seat, which needs no row.
CREATE TABLE holds (
    id        bigint PRIMARY KEY,
    event     int         NOT NULL,
    seats     int[]       NOT NULL,
    until     timestamptz NOT NULL,
    reference text        -- null while held
) WITH (fillfactor = 60, autovacuum_enabled = off);

-- For best available: a row of seats, and how many neighbours may at most be free in it (never less than there are).
CREATE TABLE rows (
    event int      NOT NULL,
    row   int      NOT NULL,
    room  smallint NOT NULL,
    PRIMARY KEY (event, row)
) WITH (fillfactor = 50, autovacuum_enabled = off);
CREATE INDEX rows_with_room ON rows (event, row) WHERE room > 0;

-- lapse frees what lapsed holds have among the seats wanted. The lock on a hold's row decides between it and a late confirmation.
CREATE FUNCTION lapse(e int, wanted int[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    gone record;
    freed int := 0;
BEGIN
    FOR gone IN
        DELETE FROM holds h
        USING (SELECT DISTINCT hold FROM seats WHERE event = e AND seat = ANY (wanted) AND hold IS NOT NULL) s
        WHERE h.id = s.hold AND h.reference IS NULL AND h.until <= now()
        RETURNING h.id, h.seats
    LOOP
        UPDATE seats SET hold = NULL WHERE event = e AND seat = ANY (gone.seats) AND hold = gone.id;
        UPDATE rows SET room = 4 WHERE event = e AND row = gone.seats[1] / @row@;
        freed := freed + 1;
    END LOOP;
    RETURN freed;
END $$;

-- hold_chosen claims all seats wanted, or none: then it raises SQLSTATE PX001. An update waits for a transaction that has one
-- of the seats in hand, so that nobody is refused a seat which a rollback sets free.
CREATE FUNCTION hold_chosen(e int, wanted int[], h bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    got int;
BEGIN
    FOR attempt IN 1..2 LOOP
        UPDATE seats SET hold = h WHERE event = e AND seat = ANY (wanted) AND (hold IS NULL OR hold = h);
        GET DIAGNOSTICS got = ROW_COUNT;
        IF got = cardinality(wanted) THEN
            INSERT INTO holds (id, event, seats, until) VALUES (h, e, wanted, now() + interval '@ttl@ seconds');
            RETURN;
        END IF;
        EXIT WHEN lapse(e, wanted) = 0;
    END LOOP;
    RAISE EXCEPTION 'seat unavailable' USING ERRCODE = 'PX001';
END $$;

-- hold_best claims the first n neighbours of the frontmost row that has them. Two buyers work in different rows, since a row's
-- lock is skipped; only where nothing else is left do they wait for one another.
CREATE FUNCTION hold_best(e int, n int, h bigint) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    r int;
    lowest int;
    got int;
    taken int[];
BEGIN
    LOOP
        SELECT row INTO r FROM rows WHERE event = e AND room > 0 AND room >= n ORDER BY row LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            SELECT row INTO r FROM rows WHERE event = e AND room > 0 AND room >= n ORDER BY row LIMIT 1 FOR UPDATE;
            IF NOT FOUND THEN
                EXIT WHEN lapse_all(e) = 0;
                CONTINUE;
            END IF;
        END IF;
        SELECT a[i] INTO lowest
        FROM (SELECT array_agg(seat ORDER BY seat) AS a FROM seats
              WHERE event = e AND seat >= r * @row@ AND seat < (r + 1) * @row@ AND hold IS NULL) free,
             generate_series(1, cardinality(a) - n + 1) i
        WHERE a[i + n - 1] = a[i] + n - 1
        LIMIT 1;
        IF NOT FOUND THEN
            UPDATE rows SET room = n - 1 WHERE event = e AND row = r;
            CONTINUE;
        END IF;
        UPDATE seats SET hold = h WHERE event = e AND seat >= lowest AND seat < lowest + n AND hold IS NULL;
        GET DIAGNOSTICS got = ROW_COUNT;
        IF got <> n THEN -- somebody chose one of them just now
            RAISE EXCEPTION 'seats were chosen meanwhile' USING ERRCODE = 'serialization_failure';
        END IF;
        SELECT array_agg(s) INTO taken FROM generate_series(lowest, lowest + n - 1) s;
        INSERT INTO holds (id, event, seats, until) VALUES (h, e, taken, now() + interval '@ttl@ seconds');
        RETURN taken;
    END LOOP;
    RAISE EXCEPTION 'not enough seats' USING ERRCODE = 'PX001';
END $$;

-- lapse_all is for when nothing else is free: every lapsed hold of the event.
CREATE FUNCTION lapse_all(e int) RETURNS int LANGUAGE sql AS $$
    SELECT lapse(e, (SELECT array_agg(s) FROM holds, unnest(seats) s WHERE event = e AND reference IS NULL AND until <= now()))
$$;

-- confirm makes a hold an order: one row. Asked again with the same reference it says yes again.
CREATE FUNCTION confirm(h bigint, ref text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET reference = ref WHERE id = h AND (reference IS NULL AND until > now() OR reference = ref);
    RETURN FOUND;
END $$;
