CREATE TABLE fleet_imports (
    id           TEXT    NOT NULL PRIMARY KEY,
    operator_id  TEXT    NOT NULL REFERENCES operators (id),
    account_id   TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN ('reading', 'checked', 'committing', 'committed', 'refused', 'failed')),
    mode         TEXT    NOT NULL CHECK (mode IN ('all_or_nothing', 'good_rows')),
    mapping      TEXT    NOT NULL,
    adopt_up_to  TEXT,
    -- The bytes as they came: what was reported is kept, and a receipt repeats the original columns.
    file         BLOB    NOT NULL,
    file_digest  BLOB    NOT NULL,
    found        TEXT,
    counts       TEXT,
    problems     TEXT,
    problems_total BIGINT NOT NULL DEFAULT 0,
    failure      TEXT,
    created_at   BIGINT  NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX fleet_imports_of_operator ON fleet_imports (operator_id, created_at);

CREATE TABLE fleet_import_rows (
    import_id  TEXT    NOT NULL REFERENCES fleet_imports (id),
    row_number BIGINT  NOT NULL,
    outcome    TEXT    NOT NULL,
    device_id  TEXT    NOT NULL,
    number     TEXT,
    changes    TEXT,
    PRIMARY KEY (import_id, row_number)
);

CREATE TABLE jobs (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    enqueued_at  BIGINT  NOT NULL,
    -- A worker that takes the job holds it until here; after that another may take it.
    leased_until BIGINT,
    attempts     INTEGER NOT NULL DEFAULT 0,
    ended_at     BIGINT,
    failure      TEXT
);
CREATE INDEX jobs_waiting ON jobs (enqueued_at) WHERE ended_at IS NULL;
