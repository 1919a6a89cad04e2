CREATE TABLE lookups (
    id            TEXT    NOT NULL PRIMARY KEY,
    asked_at      BIGINT  NOT NULL,
    account_id    TEXT    NOT NULL,
    authority_id  TEXT,
    log_index     BIGINT  NOT NULL,
    case_number   TEXT,
    case_due      BIGINT,
    -- The exact bytes of question and answer, encrypted for the term of the case.
    answer_nonce  BYTEA   NOT NULL,
    answer_sealed BYTEA   NOT NULL
);
CREATE INDEX lookups_of_account ON lookups (account_id, asked_at);

-- Which version of which ride an answer showed: how the registry knows that a ride changed after somebody asked.
CREATE TABLE lookup_rides (
    operator_id TEXT    NOT NULL,
    ride_id     TEXT    NOT NULL,
    lookup_id   TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    asked_at    BIGINT  NOT NULL,
    PRIMARY KEY (operator_id, ride_id, lookup_id)
);

CREATE TABLE log_entries (
    idx       BIGINT NOT NULL PRIMARY KEY,
    entry     BYTEA  NOT NULL,
    leaf_hash BYTEA  NOT NULL
);

-- Salts of the commitments in entries. Erasing a row leaves the proof intact and saying nothing.
CREATE TABLE log_salts (
    idx     BIGINT NOT NULL,
    subject TEXT   NOT NULL,
    salt    BYTEA  NOT NULL,
    PRIMARY KEY (idx, subject)
);

-- One row. It is locked last, and moved once a transaction.
CREATE TABLE log_head (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size      BIGINT  NOT NULL,
    root      BYTEA   NOT NULL,
    frontier  BYTEA   NOT NULL,
    last_time BIGINT  NOT NULL
);

CREATE TABLE log_checkpoints (
    size      BIGINT NOT NULL PRIMARY KEY,
    root      BYTEA  NOT NULL,
    note      TEXT   NOT NULL,
    signed_at BIGINT NOT NULL
);

-- Hashes of full subtrees of 256, 256^2, ... leaves, written by the checkpoint job.
CREATE TABLE log_tiles (
    level INTEGER NOT NULL,
    idx   BIGINT  NOT NULL,
    hash  BYTEA   NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Which key signs this log: a server with another key refuses to start.
CREATE TABLE log_identity (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    verifier_key TEXT    NOT NULL
);

CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows: % on % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER log_entries_only_grow BEFORE UPDATE OR DELETE ON log_entries
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER log_checkpoints_only_grow BEFORE UPDATE OR DELETE ON log_checkpoints
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER log_tiles_only_grow BEFORE UPDATE OR DELETE ON log_tiles
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER log_entries_not_truncated BEFORE TRUNCATE ON log_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER log_head_stays BEFORE DELETE ON log_head
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
