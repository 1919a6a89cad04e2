-- What an operator ordered to be printed. The order is frozen: what is drawn follows from these rows and from nothing
-- that may change.
CREATE TABLE print_jobs (
    id            TEXT    NOT NULL PRIMARY KEY,
    operator_id   TEXT    NOT NULL REFERENCES operators (id),
    account_id    TEXT    NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('queued', 'working', 'done', 'failed', 'cancelled')),
    format        TEXT    NOT NULL CHECK (format IN ('pdf', 'svg', 'png')),
    stock         TEXT,
    dpi           INTEGER,
    part          TEXT    NOT NULL CHECK (part IN ('plate', 'label')),
    positions     TEXT    NOT NULL,
    copies        INTEGER NOT NULL,
    reason        TEXT,
    -- The name on the plates, and what the sheets are marked with.
    operator_name TEXT    NOT NULL,
    batch         TEXT    NOT NULL,
    job_hash      TEXT    NOT NULL,
    -- A digest of the settings that drawings depend on: were they changed, a job would mix two looks.
    settings      TEXT    NOT NULL,
    numbers       BIGINT  NOT NULL,
    pieces        BIGINT  NOT NULL,
    reprints      BIGINT  NOT NULL,
    failure       TEXT,
    created_at    BIGINT  NOT NULL,
    ended_at      BIGINT,
    erased_at     BIGINT
);
CREATE INDEX print_jobs_of_operator ON print_jobs (operator_id, id);
CREATE INDEX print_jobs_kept ON print_jobs (ended_at) WHERE erased_at IS NULL;

-- Which plates, in their order on the sheets; made_at once a file that shows it is kept.
CREATE TABLE print_job_items (
    job_id         TEXT    NOT NULL REFERENCES print_jobs (id),
    die            TEXT    NOT NULL,
    place          BIGINT  NOT NULL,
    number         TEXT    NOT NULL REFERENCES numbers (number),
    item           INTEGER NOT NULL,
    printed_before BOOLEAN NOT NULL,
    made_at        BIGINT,
    PRIMARY KEY (job_id, die, place)
);
CREATE INDEX print_job_items_of_number ON print_job_items (number, item);

-- The files of a job: all of them from the beginning, made one by one.
CREATE TABLE print_job_files (
    job_id  TEXT    NOT NULL REFERENCES print_jobs (id),
    place   INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('plates', 'manifest', 'preflight')),
    die     TEXT    NOT NULL,
    serial  INTEGER NOT NULL,
    first   BIGINT  NOT NULL,
    pieces  BIGINT  NOT NULL,
    sheets  INTEGER,
    size    BIGINT,
    sha256  TEXT,
    made_at BIGINT,
    PRIMARY KEY (job_id, place),
    UNIQUE (job_id, name)
);

-- The bytes, apart from the record of them, which stays when they are erased. A manifest is put together from the rows
-- that each file brought.
CREATE TABLE print_job_contents (
    job_id  TEXT    NOT NULL REFERENCES print_jobs (id),
    place   INTEGER NOT NULL,
    content BLOB    NOT NULL,
    listed  BLOB    NOT NULL,
    PRIMARY KEY (job_id, place)
);
