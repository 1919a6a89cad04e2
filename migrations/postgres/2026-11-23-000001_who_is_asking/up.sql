-- Operators are closed with a date, never deleted.
CREATE TABLE operators (
    id            TEXT   NOT NULL PRIMARY KEY,
    legal_name    TEXT   NOT NULL,
    bin           TEXT   NOT NULL UNIQUE,
    contact_phone TEXT   NOT NULL,
    contact_email TEXT   NOT NULL,
    custody       TEXT   NOT NULL CHECK (custody IN ('deposited', 'held')),
    admitted_at   BIGINT NOT NULL,
    closed_at     BIGINT,
    -- Bumped to take the row's lock: everything that changes one operator's fleet queues up here.
    turn          BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE operator_suspensions (
    id              TEXT   NOT NULL PRIMARY KEY,
    operator_id     TEXT   NOT NULL REFERENCES operators (id),
    suspended_from  BIGINT NOT NULL,
    suspended_until BIGINT,
    reason          TEXT   NOT NULL,
    suspended_by    TEXT   NOT NULL,
    lifted_by       TEXT
);
-- At most one suspension of an operator is running.
CREATE UNIQUE INDEX operator_suspensions_running ON operator_suspensions (operator_id) WHERE suspended_until IS NULL;

CREATE TABLE authorities (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id           TEXT   NOT NULL PRIMARY KEY,
    role         TEXT   NOT NULL CHECK (role IN ('operator_staff', 'officer', 'supervisor', 'auditor', 'regulator')),
    name         TEXT   NOT NULL,
    authority_id TEXT REFERENCES authorities (id),
    operator_id  TEXT REFERENCES operators (id),
    created_at   BIGINT NOT NULL,
    closed_at    BIGINT
);
CREATE INDEX accounts_of_operator ON accounts (operator_id);

CREATE TABLE api_keys (
    id          TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    name        TEXT   NOT NULL,
    secret_hash BYTEA  NOT NULL,
    scopes      TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT,
    revoked_at  BIGINT
);
CREATE INDEX api_keys_of_account ON api_keys (account_id);

CREATE TABLE idempotency (
    account_id  TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    route       TEXT   NOT NULL,
    body_digest BYTEA  NOT NULL,
    status      INTEGER,
    -- NULL where the answer holds a secret: a replay is then refused.
    body        TEXT,
    saved_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (saved_at);

-- Surrogate numbers are reserved in ranges; a gap in them means nothing.
CREATE TABLE counters (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);
INSERT INTO counters (name, next) VALUES ('vehicle', 1);
