CREATE TABLE lookups (
    id            TEXT    NOT NULL PRIMARY KEY,
    asked_at      BIGINT  NOT NULL,
    account_id    TEXT    NOT NULL,
    authority_id  TEXT,
    log_index     BIGINT  NOT NULL,
    case_number   TEXT,
    case_due      BIGINT,
    -- The exact bytes of question and answer, encrypted for the term of the case.
    answer_nonce  BLOB    NOT NULL,
    answer_sealed BLOB    NOT NULL
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
    entry     BLOB   NOT NULL,
    leaf_hash BLOB   NOT NULL
);

-- Salts of the commitments in entries. Erasing a row leaves the proof intact and saying nothing.
CREATE TABLE log_salts (
    idx     BIGINT NOT NULL,
    subject TEXT   NOT NULL,
    salt    BLOB   NOT NULL,
    PRIMARY KEY (idx, subject)
);

-- One row. It is locked last, and moved once a transaction.
CREATE TABLE log_head (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size      BIGINT  NOT NULL,
    root      BLOB    NOT NULL,
    frontier  BLOB    NOT NULL,
    last_time BIGINT  NOT NULL
);

CREATE TABLE log_checkpoints (
    size      BIGINT NOT NULL PRIMARY KEY,
    root      BLOB   NOT NULL,
    note      TEXT   NOT NULL,
    signed_at BIGINT NOT NULL
);

-- Hashes of full subtrees of 256, 256^2, ... leaves, written by the checkpoint job.
CREATE TABLE log_tiles (
    level INTEGER NOT NULL,
    idx   BIGINT  NOT NULL,
    hash  BLOB    NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Which key signs this log: a server with another key refuses to start.
CREATE TABLE log_identity (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    verifier_key TEXT    NOT NULL
);

CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: UPDATE is refused');
END;

CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: DELETE is refused');
END;

CREATE TRIGGER log_checkpoints_no_update BEFORE UPDATE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: UPDATE is refused');
END;

CREATE TRIGGER log_checkpoints_no_delete BEFORE DELETE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: DELETE is refused');
END;

CREATE TRIGGER log_tiles_no_update BEFORE UPDATE ON log_tiles
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: UPDATE is refused');
END;

CREATE TRIGGER log_tiles_no_delete BEFORE DELETE ON log_tiles
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows: DELETE is refused');
END;

CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log stays');
END;
