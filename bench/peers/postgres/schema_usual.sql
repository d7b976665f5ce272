CREATE TABLE seats (
    event  int      NOT NULL,
    seat   int      NOT NULL,
    status smallint NOT NULL DEFAULT 0, -- 0 free, 1 held, 2 sold
    hold   bigint,
    until  timestamptz,
    PRIMARY KEY (event, seat) WITH (fillfactor = 100)
) WITH (fillfactor = 50, autovacuum_enabled = off);

CREATE TABLE holds (
    id    bigint PRIMARY KEY,
    event int         NOT NULL,
    seats int[]       NOT NULL,
    until timestamptz NOT NULL,
    state smallint    NOT NULL DEFAULT 0 -- 0 held, 1 confirmed
) WITH (fillfactor = 70, autovacuum_enabled = off);

CREATE TABLE orders (
    id        bigint PRIMARY KEY, -- its hold's
    event     int         NOT NULL,
    reference text        NOT NULL,
    made      timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_enabled = off);

CREATE TABLE tickets (
    order_id bigint NOT NULL,
    number   int    NOT NULL,
    event    int    NOT NULL,
    seat     int    NOT NULL,
    PRIMARY KEY (order_id, number)
) WITH (autovacuum_enabled = off);
