-- How the numbers of this registry are made: its scheme, which it keeps for good, and what the scheme needs. One row, written
-- at the first start. Under kz-158 a series has its own next serial and nothing here moves; under sparse-19 the serials are one
-- sequence for the whole registry, whose row lock keeps numbers unique, and the key that shuffles them is known again by its
-- fingerprint: it is a file beside the other secrets, and a lost one is never silently replaced.
--
-- In the table of numbers a number of sparse-19 has an empty text for its letter, and for its serial the one that it carries.
CREATE TABLE numbering (
    id              INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    scheme          TEXT    NOT NULL CHECK (scheme IN ('kz-158', 'sparse-19')),
    next_serial     BIGINT  NOT NULL DEFAULT 0,
    key_fingerprint BYTEA,
    begun_at        BIGINT  NOT NULL
);
